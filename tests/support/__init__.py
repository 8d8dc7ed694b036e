"""What several tests share: a real MariaDB, SQL files, the tree as data."""
