using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The options that users set in <c>.editorconfig</c>, typed. A new option is a property here and its name in <see cref="Names"/>; IOASID0002 checks its value.
/// </summary>
internal sealed class IoAsidOptions(AnalyzerConfigOptions values)
{
    /// <summary>The beginning of every option, which tells a misspelt one from other tools' options.</summary>
    public const string Prefix = "ioasid.";

    private const string UntypedLookupMethodsName = Prefix + "untyped_lookup_methods";

    private const string BlockingMethodsName = Prefix + "blocking_methods";

    /// <summary>The names of all options there are. Each is a list of methods.</summary>
    public static ImmutableArray<string> Names { get; } = [BlockingMethodsName, UntypedLookupMethodsName];

    /// <summary>Untyped lookups that cannot be marked because other code owns them.</summary>
    public ImmutableArray<MethodName> UntypedLookupMethods => ListOf(UntypedLookupMethodsName);

    /// <summary>Methods that wait, besides those that every program knows.</summary>
    public ImmutableArray<MethodName> BlockingMethods => ListOf(BlockingMethodsName);

    private ImmutableArray<MethodName> ListOf(string name) => values.TryGetValue(name, out string? list) ? MethodName.ParseList(list) : [];
}
