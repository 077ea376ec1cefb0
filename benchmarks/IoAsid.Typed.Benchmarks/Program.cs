using BenchmarkDotNet.Running;
using IoAsid.Typed.Benchmarks.Analyzers;
using IoAsid.Typed.Benchmarks.Ratios;

// `ratios` measures the goals of the library, `analyzers` those of the rules; anything else goes to BenchmarkDotNet.
switch (args)
{
    case ["ratios", .. string[] options]:
        return RatioCommand.Run(options);
    case ["analyzers", .. string[] options]:
        return await AnalyzerCommand.RunAsync(options);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
