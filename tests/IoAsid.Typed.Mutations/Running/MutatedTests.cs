using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace IoAsid.Typed.Mutations;

/// <summary>The mutated assembly and a copy of its tests, loaded apart from all others. Assemblies that do not refer to it are shared. The class is not thread-safe.</summary>
internal sealed class MutatedTests
{
    private const int NoSite = -1;

    // This time is long enough for any test on a busy machine. Only a mutant that waits permanently takes longer.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly MutatedAssembly _mutated;
    private readonly bool[] _reached;
    private Dictionary<string, TestCase> _cases;
    private Type _mutant;

    public MutatedTests(MutatedAssembly mutated)
    {
        _mutated = mutated;
        _reached = new bool[mutated.Sites.Count];
        Load();
    }

    public IReadOnlyCollection<TestCase> Cases => _cases.Values;

    public TestCase? Find(string name) => _cases.GetValueOrDefault(name);

    /// <summary>Runs a test with one site mutated, or without a mutation.</summary>
    public TestRun Run(TestCase test, int site = NoSite, long turns = long.MaxValue)
    {
        Set("Active", site);
        Set("TurnsLeft", turns);
        Stopwatch watch = Stopwatch.StartNew();
        Exception? failure = FailureOf(test);
        return new TestRun(failure, watch.Elapsed, turns - (long)_mutant.GetField("TurnsLeft")!.GetValue(null)!);
    }

    /// <summary>Returns the sites that a test reaches without a mutation.</summary>
    public (TestRun Run, int[] Sites) Trace(TestCase test)
    {
        Array.Clear(_reached);
        TestRun run = Run(test);
        return (run, [.. Enumerable.Range(0, _reached.Length).Where(site => _reached[site])]);
    }

    [MemberNotNull(nameof(_cases), nameof(_mutant))]
    private void Load()
    {
        MutantContext context = new(_mutated);
        _mutant = context.Mutated.GetType("IoAsid.Typed.Mutations.Mutant", throwOnError: true)!;
        Set("Reached", _reached);
        _cases = CasesOf(context.Tests).ToDictionary(test => test.Name, StringComparer.Ordinal);
    }

    private void Set(string field, object value) => _mutant.GetField(field)!.SetValue(null, value);

    private Exception? FailureOf(TestCase test)
    {
        try
        {
            if (Task.Run(test.RunAsync).Wait(s_patience))
                return null;
        }
        catch (AggregateException failure)
        {
            return failure.InnerException;
        }

        // The test that still runs may reach no further site, and its copy of the assembly runs no other test.
        Set("TurnsLeft", 0L);
        Load();
        return new TimeoutException("The test did not end.");
    }

    private static IEnumerable<TestCase> CasesOf(Assembly tests) =>
        from type in tests.GetTypes()
        where type is { IsPublic: true, IsAbstract: false }
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
        where method.GetCustomAttributes().OfType<IFactAttribute>().Any()
        from test in RowsOf(method)
        select test;

    private static TestCase[] RowsOf(MethodInfo method)
    {
        if (method.GetParameters().Length == 0)
            return [new TestCase(method, row: null, [])];
        IEnumerable<ITheoryDataRow> rows = method.GetCustomAttributes().OfType<IDataAttribute>().SelectMany(source => RowsOf(source, method));
        TestCase[] cases = [.. rows.Select((row, index) => new TestCase(method, index, [.. row.GetData().Zip(method.GetParameters(), Fit)]))];
        return cases.Length > 0 ? cases : throw new InvalidOperationException($"{method.DeclaringType!.Name}.{method.Name} has no data.");
    }

    private static IReadOnlyCollection<ITheoryDataRow> RowsOf(IDataAttribute source, MethodInfo method)
    {
        if (source is MemberDataAttribute { MemberType: null } member)
            member.MemberType = method.DeclaringType;
        return source.GetData(method, new DisposalTracker()).AsTask().GetAwaiter().GetResult();
    }

    // A literal in an attribute is an int where the parameter is wider.
    private static object? Fit(object? argument, ParameterInfo parameter) =>
        argument is IConvertible && parameter.ParameterType is { IsPrimitive: true } wanted ? Convert.ChangeType(argument, wanted, CultureInfo.InvariantCulture) : argument;
}
