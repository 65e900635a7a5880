"""What goes out: the report with its pictures."""

from songwright.export.report import Report, Row, make_report
from songwright.export.webpage import report_html

__all__ = ["Report", "Row", "make_report", "report_html"]
