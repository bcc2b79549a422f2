"""What is promised: mapping files, their grammar, their meaning, and their agreement with the contract."""
