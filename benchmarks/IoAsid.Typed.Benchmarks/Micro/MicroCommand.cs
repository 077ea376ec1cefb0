using System.IO.Enumeration;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;

namespace IoAsid.Typed.Benchmarks.Micro;

/// <summary><c>micro [--filter GLOB]</c>: runs the benchmarks of BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    private static readonly Assembly s_assembly = typeof(MicroCommand).Assembly;

    /// <summary>The full names of all benchmarks.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. from type in s_assembly.GetTypes()
           from method in type.GetMethods()
           where method.IsDefined(typeof(BenchmarkAttribute), inherit: true)
           let name = $"{type.FullName}.{method.Name}"
           orderby name
           select name,
    ];

    /// <summary>Returns the names that match a pattern in which * stands for any characters.</summary>
    public static IEnumerable<string> Find(string glob) => Names.Where(name => FileSystemName.MatchesSimpleExpression(glob, name));

    public static int Run(string glob)
    {
        BenchmarkSwitcher.FromAssembly(s_assembly).Run(["--filter", glob]);
        return 0;
    }
}
