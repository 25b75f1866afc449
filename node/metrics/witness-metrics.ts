import { Counter, Gauge, type Registry } from 'prom-client'

/** How the witnesses of the audit log are. Labels are their names in `node.yaml`, and closed words. */
export interface WitnessMetrics {
  readonly submissions: Counter<'witness' | 'result'>
  readonly entries: Gauge<'witness'>
  readonly seconds: Gauge<'witness'>
  readonly disputed: Gauge<'witness'>
}

export function createWitnessMetrics(registry: Registry): WitnessMetrics {
  const registers = [registry]
  const labelNames = ['witness'] as const
  return {
    submissions: new Counter({
      name: 'fyr_audit_witness_submissions_total',
      help: 'Checkpoints sent to a witness, by what came of it: cosigned, disputed, refused, failed',
      labelNames: ['witness', 'result'],
      registers,
    }),
    entries: new Gauge({
      name: 'fyr_audit_witness_entries',
      help: 'Entries of the audit log that the last checkpoint covers which a witness cosigned',
      labelNames,
      registers,
    }),
    seconds: new Gauge({
      name: 'fyr_audit_witness_cosigned_timestamp_seconds',
      help: 'When a witness cosigned last while this process serves',
      labelNames,
      registers,
    }),
    disputed: new Gauge({
      name: 'fyr_audit_witness_disputed',
      help: '1: a witness has cosigned another history of the audit log than the one that is here',
      labelNames,
      registers,
    }),
  }
}
