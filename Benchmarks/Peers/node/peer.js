// generic-pool, with its defaults but for the size. One thread runs all: there is no W2. The yield is a turn of the
// microtask queue, which is what lets other async functions run.
'use strict';

const pools = require('generic-pool');

const workloads = [
  { name: 'W1', functions: 1, connections: 10, yields: false, cycles: 500000 },
  { name: 'W3', functions: 32, connections: 10, yields: false, cycles: 15000 },
  { name: 'W4', functions: 32, connections: 10, yields: true, cycles: 15000 },
  { name: 'W5', functions: 1000, connections: 4, yields: true, cycles: 200 },
];

// Nanoseconds per cycle, of all functions together.
async function measure(workload, loop) {
  let open;
  const start = new Promise((resolve) => { open = resolve; });
  const running = Array.from({ length: workload.functions }, async () => {
    await start;
    await loop(workload);
  });
  const began = process.hrtime.bigint();
  open();
  await Promise.all(running);
  return Number(process.hrtime.bigint() - began) / (workload.functions * workload.cycles);
}

async function report(name, workload, loop) {
  await measure(workload, loop);
  console.log(`${name}\t${await measure(workload, loop)}`);
}

async function main() {
  for (const workload of workloads) {
    const pool = pools.createPool(
      { create: async () => ({}), destroy: async () => {} },
      { min: workload.connections, max: workload.connections });
    await report(workload.name, workload, async ({ cycles, yields }) => {
      for (let n = 0; n < cycles; n++) {
        const connection = await pool.acquire();
        if (yields) await null;
        pool.release(connection);
      }
    });
    await pool.drain();
    await pool.clear();
    if (!workload.yields) continue;
    await report(`${workload.name} no pool`, workload, async ({ cycles }) => {
      for (let n = 0; n < cycles; n++) await null;
    });
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
