using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The members that block a thread: a fixed list, and the members that an option names.</summary>
internal sealed class BlockingCalls
{
    private static readonly ImmutableDictionary<string, ImmutableArray<string>> TypesByMember = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        ["Sleep"] = ["Thread"],
        ["Join"] = ["Thread"],
        ["Wait"] = ["Task", "Monitor", "ManualResetEventSlim", "SemaphoreSlim", "CountdownEvent"],
        ["WaitAll"] = ["Task", "WaitHandle"],
        ["WaitAny"] = ["Task", "WaitHandle"],
        ["WaitOne"] = ["WaitHandle"],
        ["SignalAndWait"] = ["WaitHandle", "Barrier"],
        ["SpinUntil"] = ["SpinWait"],
        ["Result"] = ["Task", "ValueTask"],
        ["GetResult"] = ["TaskAwaiter", "ValueTaskAwaiter", "ConfiguredTaskAwaiter", "ConfiguredValueTaskAwaiter"],
        ["Take"] = ["BlockingCollection"],
        ["WaitForExit"] = ["Process"],
        ["ReadLine"] = ["Console"],
        ["ReadKey"] = ["Console"],
        ["Read"] = ["Console"],
    }.ToImmutableDictionary(StringComparer.Ordinal);

    private static readonly ImmutableHashSet<string> Namespaces =
        ImmutableHashSet.Create(
            StringComparer.Ordinal,
            "System",
            "System.Threading",
            "System.Threading.Tasks",
            "System.Runtime.CompilerServices",
            "System.Collections.Concurrent",
            "System.Diagnostics");

    private readonly Memo<SyntaxTree, ImmutableArray<MethodName>> _named;

    public BlockingCalls(AnalyzerConfigOptionsProvider options) =>
        _named = new(tree => new IoAsidOptions(options.GetOptions(tree)).BlockingMethods, EqualityComparer<SyntaxTree>.Default);

    /// <summary>Returns the member by which an operation waits, or null.</summary>
    public ISymbol? MemberOf(IOperation operation)
    {
        ISymbol? member = operation switch
        {
            IInvocationOperation call => call.TargetMethod.ReducedFrom ?? call.TargetMethod,
            IPropertyReferenceOperation property => property.Property,
            _ => null,
        };
        return member is not null && ((IsKnown(member) && !WaitsNotAtAll(operation)) || _named[operation.Syntax.SyntaxTree].Any(method => method.Covers(member))) ? member : null;
    }

    private static bool IsKnown(ISymbol member) =>
        TypesByMember.TryGetValue(member.Name, out ImmutableArray<string> types)
        && types.Contains(member.ContainingType.Name, StringComparer.Ordinal)
        && Namespaces.Contains(member.ContainingType.ContainingNamespace.ToDisplayString());

    /// <summary>Returns true if a call has a time-out of zero, so that it does not wait.</summary>
    private static bool WaitsNotAtAll(IOperation operation) =>
        operation is IInvocationOperation call && call.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: 0 }
            || argument.Value is IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } });
}
