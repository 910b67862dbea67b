"""What is done to a project: created, told, moved along its stages, stopped, ended."""
