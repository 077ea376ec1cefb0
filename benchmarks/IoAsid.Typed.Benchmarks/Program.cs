using BenchmarkDotNet.Running;
using IoAsid.Typed.Benchmarks.Analyzers;
using IoAsid.Typed.Benchmarks.Emulation;
using IoAsid.Typed.Benchmarks.Iommu;
using IoAsid.Typed.Benchmarks.Linux;
using IoAsid.Typed.Benchmarks.Ratios;

// `ratios` measures the goals of the library, `analyzers` those of the rules, `emulation` those of the emulated unit,
// `iommu` those of the operating system's side, `linux` those of the Linux library on a real kernel; anything else goes to BenchmarkDotNet.
switch (args)
{
    case ["ratios", .. string[] options]:
        return RatioCommand.Run(options);
    case ["analyzers", .. string[] options]:
        return await AnalyzerCommand.RunAsync(options);
    case ["emulation", .. string[] options]:
        return EmulationCommand.Run(options);
    case ["iommu", .. string[] options]:
        return IommuCommand.Run(options);
    case ["linux"]:
        return LinuxCommand.Run();
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
