using BenchmarkDotNet.Running;
using IoAsid.Typed.Benchmarks.Ratios;

// `ratios [--json FILE]` measures the goals against their contenders in one run; anything else goes to BenchmarkDotNet.
if (args is not ["ratios", .. string[] options])
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return 0;
}

if (options is not ([] or ["--json", _]))
{
    Console.Error.WriteLine("Usage: ratios [--json FILE]");
    return 2;
}

var table = new RatioTable(Console.Out);
FindRatios.Measure(table);
HoldRatios.Measure(table);
AllocationRatios.Measure(table);
MemoryRatios.Measure(table);
table.Summarise();
if (options is [_, string file])
{
    table.WriteJson(file);
}

return 0;
