/**
 * The parts of Datadog's dashboard and monitor JSON that are used here, under its own names
 * (https://docs.datadoghq.com/api/latest/dashboards/, …/monitors/).
 */

export interface DashboardJson {
  title: string
  description: string
  layout_type: 'ordered'
  reflow_type: 'fixed'
  template_variables: TemplateVariableJson[]
  widgets: WidgetJson[]
}

export interface TemplateVariableJson {
  name: string
  prefix: string
  available_values: string[]
  default: '*'
}

/** In columns and rows of a grid that is 12 columns wide. */
export interface LayoutJson {
  x: number
  y: number
  width: number
  height: number
}

export interface WidgetJson {
  definition: DefinitionJson
  layout: LayoutJson
}

export type DefinitionJson = GroupJson | NoteJson | TimeseriesJson | ValueJson | TableJson | StreamJson

export interface GroupJson {
  type: 'group'
  layout_type: 'ordered'
  title: string
  background_color: string
  show_title: true
  widgets: WidgetJson[]
}

export interface NoteJson {
  type: 'note'
  content: string
  background_color: string
  font_size: '14'
  text_align: 'left'
  vertical_align: 'top'
  has_padding: true
  show_tick: false
}

export interface TimeseriesJson {
  type: 'timeseries'
  title: string
  show_legend: true
  legend_layout: 'auto'
  legend_columns: ('avg' | 'max' | 'value' | 'sum')[]
  requests: (RequestJson & { display_type: 'line' | 'bars' })[]
}

export interface ValueJson {
  type: 'query_value'
  title: string
  autoscale: boolean
  precision: number
  requests: [RequestJson]
}

export interface TableJson {
  type: 'query_table'
  title: string
  requests: [RequestJson]
}

export interface StreamJson {
  type: 'list_stream'
  title: string
  requests: [
    {
      response_format: 'event_list'
      query: {
        data_source: 'logs_stream'
        query_string: string
        indexes: []
        storage: 'hot'
        sort: { column: 'timestamp'; order: 'desc' }
      }
      columns: { field: string; width: 'auto' | 'compact' | 'full' }[]
    },
  ]
}

export interface RequestJson {
  response_format: 'timeseries' | 'scalar'
  queries: MetricQueryJson[]
  formulas: FormulaJson[]
}

export interface MetricQueryJson {
  data_source: 'metrics'
  name: string
  query: string
  /** Of a scalar: how the time that is shown becomes one value. */
  aggregator?: 'avg' | 'sum' | 'min' | 'max' | 'percentile'
}

export interface FormulaJson {
  formula: string
  alias?: string
  number_format?: { unit: { type: 'canonical_unit'; unit_name: string } }
}

export interface MonitorJson {
  name: string
  type: 'query alert'
  query: string
  message: string
  tags: string[]
  priority: number
  options: {
    thresholds: { critical: number; warning: number }
    include_tags: true
    require_full_window: false
    on_missing_data: 'resolve'
    notify_audit: false
    /** Seconds in which a group that is new may settle. */
    new_group_delay: number
  }
}
