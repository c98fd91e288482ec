"""What is true of the trade: operations, rules, money, quantities, codes, permissions."""
