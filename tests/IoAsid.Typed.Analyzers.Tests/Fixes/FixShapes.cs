using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Fixes;

/// <summary>A method that one fix changes.</summary>
/// <param name="Rule">The rule that reports the method.</param>
/// <param name="Member">The method, with the name <c>M</c>.</param>
internal sealed record FixShape(string Rule, string Member)
{
    public DiagnosticAnalyzer Analyzer => AllRules.OneByOne.Single(analyzer => analyzer.SupportedDiagnostics.Any(rule => rule.Id == Rule));

    public CodeFixProvider Fix => AllRules.Fixes.Single(fix => fix.FixableDiagnosticIds.Contains(Rule));

    private const string Sets = """
        private static readonly IoAsidSpace space = new();
        private static readonly IoAsidSet<SvaBinding> sva = space.CreateSet<SvaBinding>("sva");
        private static readonly IoAsidSet<Closed> closed = space.CreateSet<Closed>("closed");
        """;

    /// <summary>The types that the methods use.</summary>
    public const string Types = """
        public abstract class Closed { private protected Closed() { } }
        public sealed class First : Closed { }
        public sealed class Second : Closed { }
        """;

    /// <summary>Returns a file with variants of the method.</summary>
    public string File(int number, IEnumerable<string> members) => $$"""
        using Driver;
        using IoAsid.Typed;
        using IoAsid.Typed.Migration;

        public static class Shape{{number}}
        {
            {{(Rule is DiagnosticIds.UnmarkedLookup or DiagnosticIds.LooksUntyped ? "private static readonly System.Collections.Generic.Dictionary<uint, object> s_table = [];" : Sets)}}

            private static void Run(Action action) => action();

            {{string.Join("\n\n    ", members)}}
        }
        """;
}

/// <summary>Every shape of code that a fix changes.</summary>
internal static class FixShapes
{
    public static ImmutableArray<FixShape> All { get; } =
    [
        new(DiagnosticIds.UntypedLookupWithoutSet, "static SvaBinding? M(RawIoAsid id) { return UntypedLookup.Find(space, null, id, null) as SvaBinding; }"),
        new(DiagnosticIds.UntypedLookupWithoutSet, "static void M(RawIoAsid id) { if (UntypedLookup.Find(space, null, id, null) is SvaBinding data) data.Serve(); }"),
        new(DiagnosticIds.UntypedLookupWithoutSet, "static void M(RawIoAsid id) { if ((UntypedLookup.Find(space, null, id, null)) is not SvaBinding data) return; data.Serve(); }"),
        new(DiagnosticIds.UntypedLookupThroughSet, "static object? M(RawIoAsid id) => (SvaBinding?)UntypedLookup.Find(space, sva, id, data => data is SvaBinding);"),
        new(DiagnosticIds.UnmarkedLookup, "internal static object? M(RawIoAsid id) => id.Value;"),
        new(DiagnosticIds.UnmarkedLookup, "[Obsolete] internal static T? M<T>(RawIoAsid id) where T : class { return null; }"),
        new(DiagnosticIds.LooksUntyped, "internal static object? M(uint id) { return s_table[id]; }"),
        new(DiagnosticIds.HardCast, "static void M(IoAsidReference<SvaBinding> held) { var guest = (GuestSvaBinding)held.Data; guest.Serve(); }"),
        new(DiagnosticIds.HardCast, "static int M(IoAsidReference<SvaBinding> held) { return ((GuestSvaBinding)held.Data).Users; }"),
        new(DiagnosticIds.HardCast, "static GuestSvaBinding? M(RawIoAsid id) => (GuestSvaBinding?)sva.Find(id).Data;"),
        new(DiagnosticIds.ExactSetTest, "static void M(IoAsidSet any, RawIoAsid id) { if (any is IoAsidSet<SvaBinding> found) found.Find(id).Data?.Serve(); }"),
        new(DiagnosticIds.ExactSetTest, "static bool M(IoAsidSet any) => any is not IoAsidSet<SvaBinding>;"),
        new(DiagnosticIds.MissingSubtype, "static int M(RawIoAsid id) { return closed.Find(id).Data switch { First => 1, _ => throw new Exception() }; }"),
        new(DiagnosticIds.MissingSubtype, "static int M(RawIoAsid id) { switch (closed.Find(id).Data) { case First: return 1; default: throw new Exception(); } }"),
        new(DiagnosticIds.NarrowedId, "static ushort M(RawIoAsid id) { return (ushort)id.Value; }"),
        new(DiagnosticIds.NarrowedId, "static string M(RawIoAsid id) => ((byte)id.Value).ToString();"),
        new(DiagnosticIds.Leak, "static void M(RawIoAsid id) { IoAsidHold<SvaBinding> hold = sva.Hold(id); if (hold.IsHeld) hold.Data.Serve(); }"),
        new(DiagnosticIds.Leak, "static void M(RawIoAsid id) { if (sva.TryHold(id, out IoAsidReference<SvaBinding>? mine)) { mine.Data.Serve(); } else { Run(() => { }); } }"),
        new(DiagnosticIds.Leak, "static int M(RawIoAsid id) { if (!sva.TryHold(id, out var mine)) return 1; mine.Data.Serve(); return 2; }"),
        new(DiagnosticIds.Leak, "static void M(RawIoAsid id) { sva.TryHold(id, out var mine); mine?.Data.Serve(); }"),
        new(DiagnosticIds.UnheldData, "static async Task M(RawIoAsid id) { SvaBinding? found = sva.Find(id).Data; await Task.Yield(); found?.Serve(); }"),
        new(DiagnosticIds.UnheldData, "static async Task M(RawIoAsid id) { if (!sva.TryFind(id, out SvaBinding? found)) return; await Task.Yield(); found.Serve(); }"),
        new(DiagnosticIds.DroppedHandle, "static void M(SvaBinding data) { sva.Allocate(data); }"),
        new(DiagnosticIds.DroppedHandle, "static void M(SvaBinding data) { if (data.Users > 0) sva.Allocate(data); }"),
        new(DiagnosticIds.DroppedHandle, "static void M(SvaBinding data) => sva.Allocate(data);"),
        new(DiagnosticIds.DroppedHandle, "static void M(SvaBinding data) { Run(() => sva.Allocate(data)); }"),
        new(DiagnosticIds.DroppedHandle, "static void M(SvaBinding data) { switch (data.Users) { case 0: sva.Allocate(data); break; } }"),
        new(DiagnosticIds.DroppedRegistration, "static void M() { space.ReserveCapacity(7); }"),
        new(DiagnosticIds.CheckThenAct, "static void M(RawIoAsid id) { if (sva.Contains(id)) { sva.Find(id).Data?.Serve(); } }"),
        new(DiagnosticIds.CheckThenAct, "static void M(RawIoAsid id) { if (!sva.Find(id).IsFound) return; sva.Find(id).Data?.Serve(); }"),
    ];
}
