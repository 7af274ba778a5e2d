import { strToU8, Zip, ZipDeflate } from 'fflate';
import { LimenError } from '../../domain/errors.ts';
import type { Cell } from './columns.ts';

/** A sheet of a workbook: its columns, and the rows that each item adds to it. */
export interface Sheet<T> {
  readonly name: string;
  readonly header: readonly string[];
  readonly rowsOf: (item: T) => Iterable<readonly Cell[]>;
}

/** What no spreadsheet can open, it must not be given. */
const mostRows = 1_048_576;
const msPerDay = 86_400_000;

/**
 * A workbook (Office Open XML), item by item as they come: strings as they are, never as formulas, and lengths of time as
 * numbers, shown as hours and minutes, also where they are negative. Of sheets behind the first, only what was deflated is in memory.
 *
 * @throws LimenError `usage.invalid` for more rows than a sheet can have.
 */
export async function* workbookOf<T>(items: AsyncIterable<T>, sheets: readonly Sheet<T>[]): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    ready.push(chunk);
  });
  const written = sheets.map(({ header, rowsOf, name }, i) => {
    const file = fileIn(zip, `xl/worksheets/sheet${i + 1}.xml`);
    file.push(strToU8(sheetBegins));
    return { file, rowsOf, rows: new Rows(name, header) };
  });
  for (const { file, rows } of written) file.push(strToU8(rows.header));
  for await (const item of items) {
    for (const { file, rowsOf, rows } of written) file.push(strToU8(rows.textOf(rowsOf(item))));
    yield* ready.splice(0);
  }
  for (const { file } of written) file.push(strToU8(sheetEnds), true);
  for (const [path, text] of Object.entries(frameOf(sheets.map(({ name }) => name))))
    fileIn(zip, path).push(strToU8(text), true);
  zip.end();
  yield* ready.splice(0);
}

function fileIn(zip: Zip, path: string): ZipDeflate {
  const file = new ZipDeflate(path);
  zip.add(file);
  return file;
}

/** Rows as XML, numbered on. */
class Rows {
  readonly header: string;
  readonly #name: string;
  #count = 0;

  constructor(name: string, header: readonly string[]) {
    this.#name = name;
    this.header = this.#row(header.map((title) => textCell(title, style.bold)));
  }

  textOf(rows: Iterable<readonly Cell[]>): string {
    let text = '';
    for (const cells of rows) text += this.#row(cells.map(cellOf));
    return text;
  }

  #row(cells: readonly string[]): string {
    this.#count += 1;
    if (this.#count > mostRows) {
      throw new LimenError('usage.invalid', `The sheet ${this.#name} would have more than ${mostRows} rows.`, {
        hint: 'A spreadsheet has no room for them: ask for a shorter period, or for CSV.',
      });
    }
    return `<row r="${this.#count}">${cells.join('')}</row>`;
  }
}

/** As {@link styles} has them. */
const style = { bold: 1, time: 2 };

function cellOf(cell: Cell): string {
  if (typeof cell === 'string') return cell === '' ? '<c/>' : textCell(cell, 0);
  return `<c s="${style.time}"><v>${cell.ms / msPerDay}</v></c>`;
}

function textCell(text: string, styled: number): string {
  return `<c t="inlineStr" s="${styled}"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Without what XML 1.0 has no way to say. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"]/g, (sign) => entities[sign] as string);
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const parts = 'http://schemas.openxmlformats.org/package/2006';
const format = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** The header stays in sight. */
const sheetBegins = `${xml}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
const sheetEnds = '</sheetData></worksheet>';

const styles = `${xml}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="[h]:mm"/></numFmts><fonts count="2"><font/><font><b/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

/**
 * Everything of a workbook besides its sheets, by path. It counts from 1904: Excel shows a negative length of time as ####
 * in a workbook that counts from 1900. There are no dates in it that this would alter.
 */
function frameOf(names: readonly string[]): Record<string, string> {
  const sheets = names.map((name, i) => ({
    name: escaped(name),
    id: `rId${i + 1}`,
    file: `worksheets/sheet${i + 1}.xml`,
  }));
  const styleId = `rId${names.length + 1}`;
  const linked = sheets.map(({ id, file }) => `<Relationship Id="${id}" Type="${office}/worksheet" Target="${file}"/>`);
  const types = sheets.map(({ file }) => `<Override PartName="/xl/${file}" ContentType="${format}.worksheet+xml"/>`);
  return {
    'xl/styles.xml': styles,
    'xl/workbook.xml': `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr date1904="1"/><sheets>${sheets.map(({ name, id }, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="${id}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${xml}<Relationships xmlns="${parts}/relationships">${linked.join('')}<Relationship Id="${styleId}" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    '_rels/.rels': `${xml}<Relationships xmlns="${parts}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    '[Content_Types].xml': `${xml}<Types xmlns="${parts}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${format}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${format}.styles+xml"/>${types.join('')}</Types>`,
  };
}
