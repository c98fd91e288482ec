"""The central server: routes, feed, outcomes, enrolment, backup."""
