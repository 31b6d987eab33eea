"""Tables as somebody types them."""

import io

import xlsxwriter

HEAD = ["Day", "Start", "End", "Room", "Kind", "Title", "Speakers", "Abstract", "Topics"]


def table(*rows, head=HEAD, above=()):
    """An .xlsx with these rows, as a file."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, cells in enumerate([*above, head, *rows]):
            for column, value in enumerate(cells):
                if hasattr(value, "isoformat"):
                    sheet.write_datetime(number, column, value, day)
                elif value is not None:
                    sheet.write(number, column, value)
    return written.getvalue()
