"""What is wrong with update_parameters: steps over gradients, call by call."""
