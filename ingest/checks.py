"""The registry of checks: every finding names one of these. Declared here, walked by tests."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.errors import Finding, Severity


@dataclass(frozen=True, slots=True)
class Check:
    """A named check: what it looks for, how grave a failure is, and what the analyst should do."""

    id: str
    severity: Severity
    sentence: str
    remedy: str

    def finding(
        self,
        message: str,
        *,
        file_name: str = "",
        rows: tuple[int, ...] = (),
        column: str = "",
        indicator_id: str | None = None,
        area_code: str | None = None,
        period: str | None = None,
    ) -> Finding:
        """A finding of this check; the remedy is added to the message."""
        text = f"{message} {self.remedy}".strip()
        return Finding(
            self.id, self.severity, text, file_name, rows, column, indicator_id, area_code, period
        )


_CHECKS = (
    Check(
        "file_readable",
        "error",
        "The file can be opened and is not empty.",
        "Download it again from the publisher.",
    ),
    Check(
        "file_kind",
        "error",
        "The content is what the file's name says.",
        "Download the file itself, and unpack it if it came in an archive.",
    ),
    Check(
        "file_encoding",
        "error",
        "A CSV file is UTF-8, with or without a byte order mark.",
        "Save it as “CSV UTF-8” and try again.",
    ),
    Check(
        "csv_delimiter",
        "error",
        "Columns are separated by commas.",
        "Save it with commas and try again.",
    ),
    Check(
        "csv_rows_whole",
        "error",
        "Every row has as many cells as the header.",
        "The file may be cut short or damaged: download it again.",
    ),
    Check(
        "columns_known",
        "error",
        "Every mandatory column, and every column that the catalogue names, is there once.",
        "If the publisher changed the layout, change the file's entry in data/catalogue.",
    ),
    Check(
        "layout_known",
        "error",
        "The columns are those of a layout that the catalogue lists for the file.",
        "If the publisher changed the layout, give the new names in the indicators' entries and "
        "the old ones as a layout of the file in data/catalogue/sources.toml.",
    ),
    Check(
        "layout_older",
        "info",
        "The columns are named as they are today.",
        "",
    ),
    Check(
        "rows_present",
        "error",
        "There is at least one row below the header.",
        "Download it again from the publisher.",
    ),
    Check(
        "geographic_level",
        "error",
        "The geographic level is National, Regional or Local authority.",
        "Correct the level, or leave the row out.",
    ),
    Check(
        "time_period",
        "error",
        "The period's digits fit its time identifier.",
        "A calendar or reporting year has four digits, a year that spans two has six, and a period "
        "has one time identifier.",
    ),
    Check(
        "years_consecutive",
        "error",
        "The two years of a six-digit period follow each other.",
        "Correct the period (2024/25 is 202425), or ask the publisher.",
    ),
    Check(
        "authority_known",
        "error",
        "Every area is in the reference tables.",
        "If it is a new authority, add it to data/reference/authorities.csv and gss_codes.csv.",
    ),
    Check(
        "filter_filled",
        "error",
        "Filter cells are filled and have no space at either end.",
        "Correct the cell, or ask the publisher.",
    ),
    Check(
        "number_or_symbol",
        "error",
        "Every figure is a number or a symbol of the statistical service.",
        "Correct the cell, or ask the publisher; it was not turned into a number.",
    ),
    Check(
        "key_unique",
        "error",
        "One row for each area, period and filter combination.",
        "Remove the repeated row, or ask the publisher which one stands.",
    ),
    Check(
        "periods_whole",
        "error",
        "Within a period every area has as many rows, and no authority is missing.",
        "The file may be cut short: download it again. If the publisher leaves an authority out, "
        "name it in the file's omits in data/catalogue/sources.toml.",
    ),
    Check(
        "comparators_present",
        "warning",
        "Every period has the country's row and each region's.",
        "Comparisons with those are left out for that period.",
    ),
    Check(
        "selection_found",
        "error",
        "An indicator's selection finds exactly one row for each area and period.",
        "Correct the selection in data/catalogue/indicators.",
    ),
    Check(
        "file_unique",
        "error",
        "Of two files that are the same file it can be told which is newer.",
        "Keep the edition you want and move the other out of the folder.",
    ),
    Check(
        "measure_described",
        "error",
        "Every measure of the LAIT data set is in its dictionary.",
        "Take the data set and the dictionary from the same day.",
    ),
    Check(
        "file_repeated",
        "info",
        "A file lies in the folder once.",
        "",
    ),
    Check(
        "older_edition",
        "warning",
        "A file is the newest edition of it.",
        "It was set aside: an older edition never replaces newer figures (--allow-loss lets it).",
    ),
    Check(
        "file_carried",
        "info",
        "A file that the release before had is given again.",
        "It was used again as it was.",
    ),
    Check(
        "rows_accounted",
        "error",
        "Every row of every file was used or set aside with a reason.",
        "This is a fault of the product: report it with this message.",
    ),
    Check(
        "file_absent",
        "info",
        "A file that the catalogue names is in the folder.",
        "Its indicators are left out of this release.",
    ),
    Check(
        "file_not_used",
        "info",
        "Every file in the folder is in the catalogue.",
        "It was set aside and not read.",
    ),
    Check(
        "gss_code_known",
        "warning",
        "The GSS code belongs to the authority's DfE number.",
        "The row was matched on the DfE number; add the code to data/reference/gss_codes.csv.",
    ),
    Check(
        "name_known",
        "warning",
        "The area's name is one of the known spellings for its code.",
        "The row was matched on the code; add the spelling to data/reference/names.csv.",
    ),
    Check(
        "area_columns",
        "warning",
        "A row fills the area columns of its geographic level and leaves those of finer levels "
        "empty.",
        "The row was matched on the code of its level; ask the publisher if many rows are so.",
    ),
    Check(
        "region_agrees",
        "warning",
        "An authority's row stands under its own region and country.",
        "The row was matched on the DfE number, and the region is that of "
        "data/reference/authorities.csv.",
    ),
    Check(
        "figure_filled",
        "warning",
        "No cell of a column of figures is blank.",
        "It is shown as missing, never as nought; ask the publisher what it means.",
    ),
    Check(
        "symbol_current",
        "warning",
        "No figure is replaced by a mark that the statistical service has given up.",
        "It was read as docs/checks.md says, never as a number; ask the publisher what it means.",
    ),
    Check(
        "total_present",
        "warning",
        "A filter that has a total has it throughout.",
        "Indicators that read the total have no figure there.",
    ),
    Check(
        "parts_and_total",
        "warning",
        "Where every part is published, the parts of a total add up to it.",
        "The figures are shown as published; ask the publisher which is right.",
    ),
    Check(
        "meta_readable",
        "warning",
        "The meta file beside a data file can be read.",
        "The data file was read without it; download both again.",
    ),
    Check(
        "meta_columns",
        "warning",
        "The meta file beside a data file describes the same columns.",
        "Make sure that both are of the same edition.",
    ),
    Check(
        "meta_kinds",
        "error",
        "What the catalogue takes for filters and figures, the meta file does too.",
        "If the publisher changed the layout, change the file's entry in data/catalogue.",
    ),
    Check(
        "value_possible",
        "error",
        "No count or rate is negative, no share is more than the whole, every grade is 1 to 4.",
        "Correct the cell, or the indicator's unit and columns in data/catalogue/indicators.",
    ),
    Check(
        "value_in_range",
        "warning",
        "A percentage lies between 0 and 100, and spending and ratios are not negative.",
        "They are shown as published: some measures (a gap, a take-up rate) may lie outside.",
    ),
    Check(
        "numerator_within",
        "error",
        "What is counted is no more than what it is counted among.",
        "Correct the cell, or the indicator's columns in data/catalogue/indicators.",
    ),
    Check(
        "rate_recomputed",
        "warning",
        "A published rate is its numerator over its denominator, within rounding.",
        "The rate is shown as published. The publisher may have left an area out of one of them.",
    ),
    Check(
        "region_and_authorities",
        "warning",
        "Where every authority's count is published, a region's is their sum, within rounding.",
        "The figures are shown as published; one of them is likely to be wrong.",
    ),
    Check(
        "history_jump",
        "warning",
        "An authority's newest figure is not far beyond all that its series has done.",
        "Look at it before a meeting does: a changed definition or a slip may be behind it.",
    ),
    Check(
        "closed_year_changed",
        "warning",
        "Figures of years before the newest are as they were in the release before.",
        "Publishers revise earlier years; whoever quoted the old figure should know.",
    ),
    Check(
        "coverage_fallen",
        "warning",
        "About as many authorities have a figure as the year before.",
        "Ranks and averages rest on fewer authorities than they did.",
    ),
    Check(
        "authority_missing",
        "warning",
        "Every authority that existed in a period has a row.",
        "Ranks leave it out; ask the publisher.",
    ),
    Check(
        "authority_extra",
        "warning",
        "No figure is given to an authority for years before it existed or after it ceased.",
        "They are kept as published: publishers recast earlier years to present boundaries.",
    ),
    Check(
        "joint_return",
        "info",
        "A return for two authorities together is shown for both, marked as joint.",
        "",
    ),
    Check(
        "year_readable",
        "warning",
        "Every year of the LAIT data set can be read as a period.",
        "These rows were set aside.",
    ),
    Check(
        "unit_known",
        "warning",
        "Every LAIT measure's axis label tells its unit.",
        "Add the label to data/catalogue/lait_units.toml.",
    ),
    Check(
        "term_known",
        "warning",
        "Every polarity and kind of year in the LAIT dictionary is one that is understood.",
        "It was read as no polarity, or as a calendar year; ask the publisher.",
    ),
    Check(
        "outside_lifetime",
        "warning",
        "No figure is given to an authority for years after it had ceased.",
        "They are kept as published: a cohort may be placed where it once was.",
    ),
    Check(
        "dictionary_agrees",
        "warning",
        "A measure that stands under two topics is described alike in both.",
        "The first row was taken, and no quartile band where either row has none.",
    ),
    Check(
        "measure_discontinued",
        "info",
        "Measures that LAIT marks as discontinued are left out.",
        "",
    ),
    Check(
        "neighbour_known",
        "error",
        "Every statistical neighbour is in the reference tables.",
        "Add it to data/reference/authorities.csv, or take the newest workbook.",
    ),
    Check(
        "neighbours_sound",
        "error",
        "The statistical neighbours of an authority are different others, each with a closeness.",
        "Take the workbook again from the publisher.",
    ),
    Check(
        "return_size",
        "error",
        "An uploaded return is no larger than the limit.",
        "A return is a few kilobytes: upload the filled template itself.",
    ),
    Check(
        "return_kind",
        "error",
        "An uploaded return is an Excel workbook (.xlsx) or a CSV file, whole and without a "
        "password.",
        "Fill the template, or save as “Excel workbook (.xlsx)” or “CSV UTF-8”, and upload that.",
    ),
    Check(
        "return_archive",
        "error",
        "A workbook unpacks to a size and a number of parts that a return could have.",
        "Copy the figures into a new template and upload that.",
    ),
    Check(
        "return_markup",
        "error",
        "A workbook’s parts are plain XML that declares no document type and no entities.",
        "Open it in Excel, save it as a new workbook and upload that.",
    ),
    Check(
        "return_macros",
        "error",
        "A return holds no macros.",
        "Save it as “Excel workbook (.xlsx)”, which leaves macros out.",
    ),
    Check(
        "return_links",
        "error",
        "A return holds no links to other workbooks or data connections.",
        "In Excel choose Data, Edit links, Break link (or delete the query), save and upload "
        "again.",
    ),
    Check(
        "return_embedded",
        "error",
        "A return holds no embedded files and no controls.",
        "Delete them, or copy the figures into a new template.",
    ),
    Check(
        "return_hidden_sheet",
        "error",
        "A return has no hidden sheets.",
        "Show the sheet and delete what should not be sent, then upload again.",
    ),
    Check(
        "return_formula",
        "error",
        "Cells hold figures and no formulas.",
        "Copy the cell and paste it back as a value.",
    ),
    Check(
        "return_sheet",
        "error",
        "The figures stand on the sheet named “Return”.",
        "Use the template, and keep the sheet’s name.",
    ),
    Check(
        "return_columns",
        "error",
        "Every column of the return is there once, under its own name, and no other.",
        "Keep the names as the template has them; their order does not matter.",
    ),
    Check(
        "return_rows",
        "error",
        "There is one row for each quarter, and no more rows than a return could have.",
        "Give one row for each quarter below the names of the columns.",
    ),
    Check(
        "return_authority",
        "error",
        "Every row is of the authority that the return is given for.",
        "Take out the rows of other authorities, or choose the right authority.",
    ),
    Check(
        "return_quarter",
        "error",
        "Every row is of a quarter that has ended, written as 2025/26 Q1.",
        "Q1 is April to June, Q2 July to September, Q3 October to December, Q4 January to March.",
    ),
    Check(
        "return_quarter_unique",
        "error",
        "A quarter has one row.",
        "Keep the row that stands and delete the other.",
    ),
    Check(
        "return_required",
        "error",
        "A required figure is given, or a symbol says why there is none.",
        "Give the figure, or c (suppressed), x (not available) or z (not applicable).",
    ),
    Check(
        "return_number",
        "error",
        "A figure is a plain number, or one of the symbols c, x and z.",
        "Give the number alone, without units or words; it was not turned into a number.",
    ),
    Check(
        "return_negative",
        "error",
        "No figure is below zero.",
        "Correct the figure.",
    ),
    Check(
        "return_whole_number",
        "error",
        "A count of children or cases is a whole number.",
        "Correct the figure; only full-time equivalents may have decimals.",
    ),
    Check(
        "return_separator",
        "info",
        "A number written with separators of thousands is read as the number it is.",
        "",
    ),
    Check(
        "return_relation",
        "error",
        "A part is not more than the whole that it is a part of.",
        "Correct whichever of the two is wrong.",
    ),
    Check(
        "return_balance",
        "warning",
        "The number at the end is the number before, plus those who came, less those who left.",
        "If all of them are right, say in the comment why they do not add up.",
    ),
    Check(
        "return_suppression",
        "warning",
        "A suppressed figure cannot be worked out from the others.",
        "Suppress another of them too, or say in the comment why it does not matter.",
    ),
    Check(
        "return_jump",
        "warning",
        "A figure has not changed against the quarter before by more than is usual.",
        "If it is right, say in the comment what lies behind it.",
    ),
    Check(
        "return_published",
        "warning",
        "A figure is not far from the authority’s own published annual one where the two compare.",
        "If it is right, say in the comment what lies behind it.",
    ),
    Check(
        "sheet_found",
        "error",
        "A workbook has the sheet that the catalogue names.",
        "Take the file again from the publisher; if the sheet has a new name, change the file's "
        "entry in data/catalogue/sources.toml.",
    ),
    Check(
        "year_agrees",
        "error",
        "The year in a file's name, in its sheet's name and in its title is one and the same.",
        "Take the file again from the publisher, and do not rename it.",
    ),
    Check(
        "class_known",
        "error",
        "Every class of authority is one that is understood.",
        "A new class must be taken in or set aside on purpose: see ingest/schemas/mhclg.py.",
    ),
    Check(
        "grade_known",
        "error",
        "Every judgement is one of Ofsted's four grades; only the one on care leavers may be "
        "blank, where it was not made yet.",
        "Correct the cell, or ask the publisher; a grade in new words is added to "
        "ingest/grades.py.",
    ),
    Check(
        "date_readable",
        "error",
        "Every inspection has the day on which it began, and its report came out on no day before.",
        "Correct the cell, or ask the publisher.",
    ),
    Check(
        "history_agrees",
        "warning",
        "The latest judgements of an authority are those of its newest inspection in the history.",
        "Both are shown as published: ask the publisher which one stands.",
    ),
    Check(
        "release_shape",
        "error",
        "Every table of the release has the declared shape.",
        "This is a fault of the product: report it with this message.",
    ),
)

CHECKS: dict[str, Check] = {check.id: check for check in _CHECKS}
