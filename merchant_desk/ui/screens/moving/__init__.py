"""Moving house: a PC that is replaced, two desks that become one, all data taken along."""
