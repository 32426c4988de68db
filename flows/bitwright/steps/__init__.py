"""One module per step: a pure function that gives the Step, and below it what its command runs."""
