import * as echarts from 'echarts';
import type { Cost } from '../cost';
import { JUDGE_NAMES } from '../judges';
import { MINUTES } from '../scenario';
import type { Tally } from '../tally';
import type { Benchmark, ScenarioResult } from './benchmark';
import { missedPercent, rolledBackPercent } from './figures';

const WIDTH = 960;
const PANELS = ['B1', 'B2', 'B8', 'B13'];
const COLOURS = ['#0b6e4f', '#d1495b', '#edae49', '#8d6a9f', '#30638e', '#a47148', '#555555'];

/** The plots, by file name. */
export function toPlots({ results, cost }: Benchmark): Record<string, string> {
  const healthy = results.filter(({ scenario }) => scenario.truth === 'null');
  const bad = results.filter(({ scenario }) => scenario.truth === 'bad');
  return {
    'judge-benchmark-false-rollbacks.svg': render(
      heatMap('Healthy releases rolled back within 30 minutes, %', healthy, (tally) => rolledBackPercent(tally, 30).value),
      360,
    ),
    'judge-benchmark-missed.svg': render(
      heatMap('Bad releases missed in 30 minutes, %', bad, (tally) => missedPercent(tally).value),
      360,
    ),
    'judge-benchmark-detection.svg': render(detection(bad.filter(({ scenario }) => PANELS.includes(scenario.id))), 650),
    'judge-benchmark-cost.svg': render(costLine(cost), 320),
  };
}

function render(option: echarts.EChartsCoreOption, height: number): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption({ animation: false, backgroundColor: '#ffffff', color: COLOURS, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function heatMap(title: string, results: readonly ScenarioResult[], value: (tally: Tally) => number): echarts.EChartsCoreOption {
  const rows = [...JUDGE_NAMES].reverse();
  const data = results.flatMap(({ tallies }, column) => rows.map((name, row) => [column, row, Number(value(tallies[name]).toFixed(1))]));
  return {
    title: { text: title, left: 'center', textStyle: { fontSize: 15 } },
    grid: { left: 90, right: 20, top: 40, bottom: 40 },
    xAxis: { type: 'category', data: results.map(({ scenario }) => scenario.id), axisTick: { show: false } },
    yAxis: { type: 'category', data: rows, axisTick: { show: false } },
    visualMap: { show: false, min: 0, max: 100, inRange: { color: ['#f3f8f3', '#fbe3b5', '#e8743b', '#a3122d'] } },
    series: [{ type: 'heatmap', data, label: { show: true, fontSize: 11 }, itemStyle: { borderColor: '#ffffff', borderWidth: 1 } }],
  };
}

function detection(results: readonly ScenarioResult[]): echarts.EChartsCoreOption {
  const place = (panel: number) => ({ left: panel % 2 === 0 ? '6%' : '55%', top: panel < 2 ? 100 : 390, width: '40%', height: 210 });
  return {
    title: [
      { text: 'Bad releases rolled back by each minute, %', left: 'center', textStyle: { fontSize: 15 } },
      ...results.map(({ scenario }, panel) => ({
        text: `${scenario.id}: ${scenario.title}`,
        left: place(panel).left,
        top: place(panel).top - 28,
        textStyle: { fontSize: 12, fontWeight: 'normal' },
      })),
    ],
    legend: { top: 34, data: [...JUDGE_NAMES] },
    grid: results.map((_, panel) => place(panel)),
    xAxis: results.map((_, gridIndex) => ({ type: 'value', gridIndex, min: 0, max: MINUTES, interval: 10 })),
    yAxis: results.map((_, gridIndex) => ({ type: 'value', gridIndex, min: 0, max: 100 })),
    series: results.flatMap(({ tallies }, panel) =>
      JUDGE_NAMES.map((name, index) => ({
        name,
        type: 'line',
        step: 'end',
        showSymbol: false,
        xAxisIndex: panel,
        yAxisIndex: panel,
        lineStyle: { width: name === 'ours' ? 3 : 1.5, type: name === 'sprt' ? 'dashed' : 'solid' },
        itemStyle: { color: COLOURS[index] },
        data: Array.from({ length: MINUTES + 1 }, (_, minute) => [
          minute,
          Number(rolledBackPercent(tallies[name], minute).value.toFixed(2)),
        ]),
      })),
    ),
  };
}

function costLine({ metrics, looks, line }: Cost): echarts.EChartsCoreOption {
  const last = looks[looks.length - 1].minutes;
  const fitted = [0, last].map((minutes) => [minutes, line.atNothing + minutes * line.perMinute]);
  return {
    title: { text: `One look at ${metrics} metrics, milliseconds`, left: 'center', textStyle: { fontSize: 15 } },
    grid: { left: 60, right: 30, top: 50, bottom: 50 },
    xAxis: { type: 'value', name: 'minutes watched', nameLocation: 'middle', nameGap: 28, min: 0, max: last },
    yAxis: { type: 'value', min: 0 },
    series: [
      { type: 'scatter', data: looks.map(({ minutes, milliseconds }) => [minutes, milliseconds]) },
      { type: 'line', data: fitted, showSymbol: false, itemStyle: { color: COLOURS[0] } },
    ],
  };
}
