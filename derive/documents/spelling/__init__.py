"""What pages write beside the grammar's own spelling, put into it before a formula is read."""
