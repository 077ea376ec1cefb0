using System.Diagnostics;
using IoAsid.Typed.Benchmarks.Ratios;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Benchmarks.Analyzers;

/// <summary>The time of a compilation without analyzers.</summary>
internal static class CompileTimes
{
    private const int WarmUps = 2;

    /// <returns>The time of each compilation in milliseconds: parsing, binding and emitting, on one thread.</returns>
    public static Sample Measure(CodeBase code)
    {
        List<double> times = [];
        for (int round = -WarmUps; round < RuleTimes.Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            Compilation compilation = code.Compile();
            compilation = compilation.WithOptions(compilation.Options.WithConcurrentBuild(false));
            compilation.Emit(Stream.Null);
            if (round >= 0)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return new Sample(times);
    }
}
