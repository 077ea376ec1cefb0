using System.Collections.Immutable;
using System.Globalization;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.UntypedLookups;

/// <summary>The messages name member, set and data type, and say what to do.</summary>
public sealed class UntypedLookupMessageTests
{
    [Theory]
    [InlineData(
        "(SvaBinding?)UntypedLookup.Find(space, null, id, null)",
        "'UntypedLookup.Find' looks in every set, so its result has no known type; look up through an IoAsidSet<SvaBinding> instead")]
    [InlineData(
        "UntypedLookup.Find(space, null, id, null)",
        "'UntypedLookup.Find' looks in every set, so its result has no known type; look up through an IoAsidSet<TData> of the expected data instead")]
    [InlineData(
        "UntypedLookup.Find(space, maybe, id, null) as GuestSvaBinding",
        "'UntypedLookup.Find' looks in every set when 'maybe' is null, so its result has no known type; look up through an IoAsidSet<GuestSvaBinding> instead")]
    [InlineData(
        "(Func<IoAsidSpace, IoAsidSet?, RawIoAsid, Func<object?, bool>?, object?>)UntypedLookup.Find",
        "'UntypedLookup.Find' gets no set, so its result has no known type; look up through an IoAsidSet<TData> of the expected data instead")]
    [InlineData(
        "UntypedLookup.Find(space, sva, id, null) is GuestSvaBinding",
        "'UntypedLookup.Find' looks in the set 'sva' and returns untyped data; look up through 'sva' itself, an IoAsidSet<SvaBinding>, instead")]
    [InlineData(
        "UntypedLookup.Find(space, sva, id, null) is AuxiliaryDomain",
        "'UntypedLookup.Find' looks in the set 'sva' and returns untyped data; look up through an IoAsidSet<AuxiliaryDomain> instead")]
    [InlineData(
        "UntypedLookup.Find(space, maybe!, id, null) is string { Length: 1 }",
        "'UntypedLookup.Find' looks in the set 'maybe!' and returns untyped data; look up through an IoAsidSet<string> instead")]
    public async Task Message(string expression, string message)
    {
        string code = $$"""
            class Handler
            {
                object? M(IoAsidSpace space, IoAsidSet<SvaBinding> sva, IoAsidSet? maybe, RawIoAsid id) => {{expression}};
            }
            """;

        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(
            AllRules.Compile([code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]),
            TestContext.Current.CancellationToken);

        Assert.Equal(message, Assert.Single(found).GetMessage(CultureInfo.InvariantCulture));
    }
}
