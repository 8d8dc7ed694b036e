"""Decides how a world gets into a database: one plain INSERT a row; the schema and sql_mode='' are there already."""

from .world import World

MARKS = {"format": "%s", "pyformat": "%s", "qmark": "?"}


def load(world: World, connection, paramstyle: str = "format") -> None:
    """Inserts every row and commits; `paramstyle` is the driver's (PyMySQL: format, sqlite3: qmark)."""
    mark = MARKS[paramstyle]
    cursor = connection.cursor()
    for table, rows in world.tables.items():
        if not rows:
            continue
        columns = list(rows[0])
        names = ", ".join(f"`{column}`" for column in columns)  # backquotes: a column is called `to`
        marks = ", ".join(mark for _ in columns)
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",
            [tuple(row[column] for column in columns) for row in rows],
        )
    connection.commit()
