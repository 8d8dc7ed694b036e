"""What an operator meets: the commands, their documents, their exit statuses and their sentences."""
