import type { DefinitionJson, GroupJson, LayoutJson, NoteJson, TimeseriesJson, WidgetJson } from './json'
import { type SampleList, stream } from './samples'
import { requestOf, type Series } from './series'

/** What is to be seen, in the dashboard's own terms; `width` is in twelfths. */
export type Panel = { readonly width: number } & (
  | { readonly note: string }
  | { readonly title: string; readonly shown: 'lines' | 'bars' | 'value' | 'table'; readonly series: readonly Series[] }
  | { readonly sample: SampleList }
)

export interface Section {
  readonly title: string
  readonly colour: string
  readonly panels: readonly Panel[]
}

const GRID_COLUMNS = 12
const PANEL_HEIGHTS = { note: 2, value: 2, lines: 3, bars: 3, table: 4, sample: 4 } as const

/** One section below the other, each as high as what is in it. */
export function widgetsOf(sections: readonly Section[], scope: readonly string[]): WidgetJson[] {
  let y = 0
  return sections.map(section => {
    const widgets = arranged(section.panels, scope)
    // A group's own title takes a row.
    const height = 1 + Math.max(...widgets.map(({ layout }) => layout.y + layout.height))
    const layout = { x: 0, y, width: GRID_COLUMNS, height }
    y += height
    return { definition: groupWidget(section, widgets), layout }
  })
}

function groupWidget({ title, colour }: Section, widgets: WidgetJson[]): GroupJson {
  return { type: 'group', layout_type: 'ordered', title, background_color: colour, show_title: true, widgets }
}

/** From left to right; what has no room begins a new row. */
function arranged(panels: readonly Panel[], scope: readonly string[]): WidgetJson[] {
  let [x, y, rowHeight] = [0, 0, 0]
  return panels.map(panel => {
    const height = PANEL_HEIGHTS[panelKind(panel)]
    if (x + panel.width > GRID_COLUMNS) {
      y += rowHeight
      x = 0
      rowHeight = 0
    }
    const layout: LayoutJson = { x, y, width: panel.width, height }
    x += panel.width
    rowHeight = Math.max(rowHeight, height)
    return { definition: definitionOf(panel, scope), layout }
  })
}

function panelKind(panel: Panel): keyof typeof PANEL_HEIGHTS {
  if ('note' in panel) return 'note'
  return 'sample' in panel ? 'sample' : panel.shown
}

function definitionOf(panel: Panel, scope: readonly string[]): DefinitionJson {
  if ('note' in panel) return noteOf(panel.note)
  if ('sample' in panel) return stream(panel.sample, scope)
  const { title, shown, series } = panel
  if (shown === 'lines' || shown === 'bars') return timeseriesOf(title, shown, series, scope)
  const requests: [ReturnType<typeof requestOf>] = [requestOf(series, 'scalar', scope)]
  return shown === 'table'
    ? { type: 'query_table', title, requests }
    : { type: 'query_value', title, autoscale: true, precision: 2, requests }
}

function timeseriesOf(
  title: string,
  shown: 'lines' | 'bars',
  series: readonly Series[],
  scope: readonly string[],
): TimeseriesJson {
  return {
    type: 'timeseries',
    title,
    show_legend: true,
    legend_layout: 'auto',
    legend_columns: shown === 'bars' ? ['sum', 'max', 'value'] : ['avg', 'max', 'value'],
    requests: [{ ...requestOf(series, 'timeseries', scope), display_type: shown === 'bars' ? 'bars' : 'line' }],
  }
}

function noteOf(content: string): NoteJson {
  return {
    type: 'note',
    content,
    background_color: 'white',
    font_size: '14',
    text_align: 'left',
    vertical_align: 'top',
    has_padding: true,
    show_tick: false,
  }
}
