import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { visibleText } from '../visible'
import { AMOUNTS } from './amounts'
import { type Chart, chosenSteps } from './series'

interface Props {
  readonly chart: Chart
  choose(from: number, to: number): void
}

const HEIGHT = 180
/** Told apart without colours too: by their dashes. */
const STROKES = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5', '--line-6']
const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4], [1, 4], [12, 6]]

/** A chart as uPlot draws it; made anew when its lines or the colours change, else given the new numbers. */
export function Plot({ chart, choose }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  // The plot outlives the numbers that it was made with.
  const newest = useRef({ chart, choose })
  newest.current = { chart, choose }
  const names = chart.lines.map(({ name }) => name).join('\n')
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const make = (): void => {
      plot.current?.destroy()
      plot.current = new uPlot(
        optionsOf(chart, element, (from, to) => {
          const steps = chosenSteps(newest.current.chart, from, to)
          if (steps !== undefined) newest.current.choose(steps.from, steps.to)
        }),
        dataOf(chart),
        element,
      )
    }
    make()
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', make)
    const sized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }))
    sized.observe(element)
    return () => {
      dark.removeEventListener('change', make)
      sized.disconnect()
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [names])
  useEffect(() => plot.current?.setData(dataOf(chart)), [chart])
  return <div ref={place} />
}

function dataOf({ times, lines }: Chart): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => values.map(value => value ?? null))]
}

/** `chosen` is given seconds. */
function optionsOf(chart: Chart, element: HTMLElement, chosen: (from: number, to: number) => void): uPlot.Options {
  const style = getComputedStyle(element)
  const color = (name: string): string => style.getPropertyValue(name).trim()
  const written = AMOUNTS[chart.unit]
  const axis = { stroke: color('--quiet'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [axis, { ...axis, size: 70, values: (_, values) => values.map(written), ...wholeOf(chart) }],
    // The zoom is the page's: it filters what all views show.
    cursor: { drag: { x: true, y: false, setScale: false } },
    series: [
      {},
      ...chart.lines.map(({ name }, i) => ({
        label: visibleText(name),
        stroke: color(STROKES[i % STROKES.length] ?? ''),
        dash: [...(DASHES[i % DASHES.length] ?? [])],
        width: 2,
        spanGaps: true,
        // A step beside which nothing happened has no line to be on.
        points: { show: true, size: 4 },
        value: (_: uPlot, value: number | null) => (value === null ? '' : written(value)),
      })),
    ],
    hooks: {
      setSelect: [
        plot => {
          const { left, width } = plot.select
          if (width < 2) return
          chosen(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'))
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
        },
      ],
    },
  }
}

/** What is counted has no halves on its axis. */
function wholeOf({ unit }: Chart): { incrs?: number[] } {
  return unit === 'errors' || unit === 'tokens' ? { incrs: WHOLE } : {}
}

const WHOLE = [1, 2, 5]
  .flatMap(digit => Array.from({ length: 10 }, (_, zeros) => digit * 10 ** zeros))
  .sort((a, b) => a - b)
