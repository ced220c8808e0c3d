import { formatMoney } from '../../../../server/schemas/format.ts';
import type { CostSummary } from '../../../_lib/wire.ts';
import { Facts, type Fact } from '../../../_ui/facts.tsx';
import styles from './cost-panel.module.css';

const MEASURED: Record<string, string> = {
  rapl: 'measured by the CPU (RAPL)',
  'nvidia-smi': 'of the GPU, measured (nvidia-smi); the CPU tells none',
  'rapl+nvidia-smi': 'measured by the CPU (RAPL) and the GPU (nvidia-smi)',
};

const watts = (value: number | null) => (value === null ? 'not said' : `${value} W`);

/** The inputs as ai-lab.yaml says them now, the formulas, and the price table with its dates. */
export function CostInputs({ summary: { inputs, prices } }: { summary: CostSummary }) {
  const { currency, hardware, api } = inputs;
  const money = (amount: number | null) =>
    amount === null || currency === null ? 'not said' : formatMoney(amount, currency);
  const facts: Fact[] = [
    { name: 'A kilowatt-hour', value: money(inputs.electricityPerKwh) },
    { name: 'Idle, busy', value: `${watts(inputs.idleWatts)}, ${watts(inputs.busyWatts)}` },
    {
      name: 'Energy',
      value:
        inputs.notMeasured === null
          ? (MEASURED[inputs.energySource ?? ''] ?? 'measured')
          : `not measured: ${inputs.notMeasured}`,
    },
    {
      name: 'Hardware',
      value:
        hardware === null
          ? 'not said'
          : `${money(hardware.price)} over ${hardware.years} years${hardware.hoursPerDay === null ? '' : `, in use ${hardware.hoursPerDay} h a day`}`,
    },
    { name: 'Compared with', value: api === null ? 'not said' : `${api.name}, prices of ${api.date}` },
  ];
  return (
    <div className={styles.inputs}>
      <Facts facts={facts} />
      <ul className={styles.formulas}>
        <li>
          Electricity, estimated: seconds of work × watts ÷ 3,600,000 × price of a kilowatt-hour. At least
          what the work adds to an idle machine (busy − idle watts), at most all it takes meanwhile (busy
          watts). Measured: joules ÷ 3,600,000 × price.
        </li>
        <li>
          Hardware: price ÷ (years × 365 days) × time of work, when spread over every hour of its life; × 24 ÷
          hours a day, when spread over the hours in which it is used.
        </li>
        <li>
          API: fresh prompt tokens × input price + cached ones × cached price + generated ones × output price,
          at prices of a million tokens on the date of the row.
        </li>
      </ul>
      <div className={styles.scroll}>
        <table className={styles.prices}>
          <caption>Prices of a million tokens</caption>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Input</th>
              <th scope="col">Cached</th>
              <th scope="col">Output</th>
              <th scope="col">Read on</th>
            </tr>
          </thead>
          <tbody>
            {prices.map((row) => (
              <tr key={row.name} aria-current={row.name === api?.name}>
                <th scope="row">{row.name}</th>
                <td>{formatMoney(row.input, row.currency)}</td>
                <td>{formatMoney(row.cached_input ?? row.input, row.currency)}</td>
                <td>{formatMoney(row.output, row.currency)}</td>
                <td>{row.date}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
