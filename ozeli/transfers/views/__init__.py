"""What answers at the addresses of imports and exports."""
