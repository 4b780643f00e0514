//! The tables of a review as a workbook, with an index.

use super::tables::{Cell, Table, tables};
use crate::review::result::Review;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatBorder, Url, Workbook, Worksheet, XlsxError,
};

/// A cell holds at most so many characters (Excel specifications and limits).
const CELL: usize = 32_767;

/// The workbook's bytes.
///
/// # Errors
/// A table is larger than a sheet can be.
pub fn xlsx(review: &Review) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The review's own moment: the same review makes the same file.
    let created = ExcelDateTime::from_timestamp(review.taken.0)?;
    workbook.set_properties(
        &DocProperties::new().set_title("Integration user review").set_creation_datetime(&created),
    );
    let (bold, head) =
        (Format::new().set_bold(), Format::new().set_bold().set_border_bottom(FormatBorder::Thin));
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let tables = tables(review);
    let index = workbook.add_worksheet();
    index.set_name("Index")?;
    index.write_string_with_format(0, 0, "Integration user review", &bold)?;
    index.write_string(1, 0, format!("{} ({}), {}", review.org.name, review.org.id, review.taken))?;
    for (row, table) in (3..).zip(&tables) {
        let link = Url::new(format!("internal:'{}'!A1", table.name.replace('\'', "''"))).set_text(table.name);
        index.write_url(row, 0, link)?;
        index.write_number(row, 1, table.rows.len() as f64)?;
    }
    index.set_column_width(0, 40)?;
    for table in &tables {
        write(workbook.add_worksheet(), table, &head, &day)?;
    }
    workbook.save_to_buffer()
}

fn write(sheet: &mut Worksheet, table: &Table, head: &Format, day: &Format) -> Result<(), XlsxError> {
    sheet.set_name(table.name)?;
    for (column, name) in (0..).zip(table.heads) {
        sheet.write_string_with_format(0, column, *name, head)?;
        let widest =
            table.rows.iter().filter_map(|row| row.get(usize::from(column))).map(width).max().unwrap_or(0);
        sheet.set_column_width(column, widest.max(name.chars().count()).clamp(8, 60) as f64 + 2.0)?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => {
                    sheet.write_string(row, column, text.chars().take(CELL).collect::<String>())?;
                }
                Cell::Number(number) => {
                    sheet.write_number(row, column, *number as f64)?;
                }
                Cell::Day(Some(moment)) => {
                    sheet.write_datetime_with_format(
                        row,
                        column,
                        ExcelDateTime::from_timestamp(moment.0)?,
                        day,
                    )?;
                }
                Cell::Day(None) => {}
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    let last_row = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    let last_column = u16::try_from(table.heads.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, last_row, last_column)?;
    Ok(())
}

fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.chars().count(),
        Cell::Number(_) | Cell::Day(_) => 10,
    }
}
