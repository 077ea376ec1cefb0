using System.Collections.Immutable;
using System.Text.RegularExpressions;
using IoAsid.Typed.Analyzers.Tests.Pages;
using IoAsid.Typed.Analyzers.Tests.Robustness;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers.Tests.Flow;

/// <summary>
/// The right answer of each rule about paths for each way in which C# moves, tests, stores or passes a value. A new way in the language is one new row of <see cref="Ways"/>.
/// </summary>
public sealed partial class WaysMatrixTests
{
    /// <summary>The rules, one per column of the matrix.</summary>
    private static readonly ImmutableArray<Rule> Rules =
    [
        new("IOASID1001", "IoAsidSet<SvaBinding>", "IoAsidSpace space, RawIoAsid id, IoAsidSet<SvaBinding> v",
            Take: "if (v == null) return;",
            Right: "_ = UntypedLookup.Find(space, w, id, null);",
            Wrong: "_ = UntypedLookup.Find(space, w, id, null);",
            WrongTake: "",
            IsOblivious: true),
        new("IOASID1005", "SvaBinding", "IoAsidReader<SvaBinding> reader, RawIoAsid id",
            Take: "SvaBinding? v = reader.Find(id).Data;",
            Right: "w?.Serve();",
            Wrong: "w!.Serve();"),
        new("IOASID1006", "SvaBinding", "IoAsidReader<SvaBinding> reader, RawIoAsid id",
            Take: "if (!reader.TryFind(id, out SvaBinding? v)) return;",
            Right: "if (w is GuestBinding) ((GuestBinding)w).Serve();",
            Wrong: "((GuestBinding)w).Serve();"),
        new("IOASID1007", "IoAsidSet<SvaBinding>", "IoAsidSet any, RawIoAsid id",
            Take: "if (any is not IoAsidSet<SvaBinding> v) return;",
            Right: "w.Close();",
            Wrong: "_ = w.Find(id);"),
        new("IOASID1008", "Closed", "IoAsidSpace space, RawIoAsid id",
            Take: "Closed? v = space.CreateSet<Closed>(\"closed\").Find(id).Data; if (v is null) return;",
            Right: "_ = w switch { One => 1, Two => 2, _ => 3 };",
            Wrong: "_ = w switch { One => 1, _ => throw new InvalidOperationException() };"),
        new("IOASID1009", "RawIoAsid", "RawIoAsid v",
            Take: "if (v.Value > ushort.MaxValue) return;",
            Right: "_ = (ushort)w.Value;",
            Wrong: "_ = (ushort)w.Value;",
            WrongTake: ""),
        new("IOASID1010", "uint", "uint v",
            Take: "",
            Right: "return table[7];",
            Wrong: "return table[w];",
            Returns: "object?"),
        new("IOASID2001", "IoAsidReference<SvaBinding>", "IoAsidSet<SvaBinding> sva, RawIoAsid id",
            Take: "if (!sva.TryHold(id, out IoAsidReference<SvaBinding>? v)) return;",
            Right: "w.Dispose();",
            Wrong: ""),
        new("IOASID2002", "IoAsidReference<SvaBinding>", "IoAsidReference<SvaBinding> v",
            Take: "",
            Right: "w.Data.Serve(); v.Dispose();",
            Wrong: "v.Dispose(); w.Data.Serve();"),
        new("IOASID2004", "SvaBinding", "IoAsidReader<SvaBinding> reader, RawIoAsid id",
            Take: "SvaBinding? v = reader.Find(id).Data; if (v is null) return;",
            Right: "w.Serve();",
            Wrong: "await Task.Yield(); w.Serve();"),
        new("IOASID2005", "IoAsidBinding", "IoAsidHandle<SvaBinding> handle, DrainReceipt receipt",
            Take: "IoAsidBinding v = handle.Bind();",
            Right: "w.Complete(receipt); handle.Free();",
            Wrong: "handle.Free(); w.Complete(receipt);"),
        new("IOASID2007", "RawIoAsid", "IoAsidSet<SvaBinding> sva, RawIoAsid v",
            Take: "if (!sva.Contains(v)) return;",
            Right: "_ = w.Value;",
            Wrong: "_ = sva.TryFind(w, out _);"),
        new("IOASID2008", "IoAsidReference<SvaBinding>", "IoAsidSet<SvaBinding> sva, RawIoAsid id",
            Take: "if (!sva.TryGetHandle(id, out IoAsidHandle<SvaBinding> handle) || !sva.TryHold(id, out IoAsidReference<SvaBinding>? v)) return;",
            Right: "w.Dispose(); await handle.FreeAsync();",
            Wrong: "await handle.FreeAsync(); w.Dispose();"),
        new("IOASID3002", "IoAsidHandle<SvaBinding>", "IoAsidSet<SvaBinding> sva",
            Take: "IoAsidHandle<SvaBinding> v = default;",
            Right: "_ = w.Equals(other);",
            Wrong: "w.Free();"),
        new("IOASID3003", "RawIoAsid", "[OwnerSet] IoAsidSet vm, [GuestControlled] RawIoAsid v",
            Take: "",
            Right: "using IoAsidReference? held = vm.TryHold(w, out IoAsidReference? h) ? h : null; if (held is null) return; Help.Program(w);",
            Wrong: "Help.Program(w);"),
        new("IOASID4001", "Group", "[Answers] Group v",
            Take: "",
            Right: "w.Respond();",
            Wrong: "w.Respond(); w.Respond();"),
    ];

    /// <summary>
    /// The ways, each with one letter per rule. F: the rule follows the value and reports the wrong code only. S: the rule loses sight of the value, or the way tests it. Neither
    /// code is reported. R: the rule reports the way itself, or it loses sight of a value whose use it must prove. Both codes are reported. -: the language does not have
    /// this way for the type of the value, or in a method that returns an object.
    /// </summary>
    public static TheoryData<string, string, string> Ways => new()
    {
        // The rules, from left to right: 1001, 1005, 1006, 1007, 1008, 1009, 1010, 2001, 2002, 2004, 2005, 2007, 2008, 3002, 3003, 4001.
        { "assignment", "T w = v;", "F F F F F F F F F F F F F F F F" },
        { "assignment after the declaration", "T w; w = v;", "F F F F F F F F F F F F F F F F" },
        { "assignment in an assignment", "T x, w; w = x = v;", "F F F F F F F F F F F F F F F F" },
        { "copies of copies", "T a = v; T b = a; T w = b;", "F F F F F F F F F F F F F F F F" },
        { "parentheses and !", "T w = (v!);", "F R F F F F F F F F F F F F F F" },
        { "cast", "T w = (T)(object)v;", "F F F F F F F F F F F F F F F F" },
        { "as", "T? w = (object)v as T; if (w is null) return;", "S S F F F - - F F F F - F - - F" },
        { "??", "T w = v ?? throw new InvalidOperationException();", "S S F F F - - F F F F - F - - F" },
        { "??=", "T? w = null; w ??= v;", "F F F F F - - F F F F - F - - F" },
        { "?:", "T w = flag ? v : v;", "F F F F F F F F F F F F F F F F" },
        { "switch expression", "T w = n switch { 0 => v, > 3 => v, _ => v };", "F F F F F F F F F F F F F F F F" },
        { "switch statement", "T w; switch (n) { case 0: w = v; break; default: w = v; break; }", "F F F F F F F F F F F F F F F F" },
        { "deconstruction", "(T w, int m) = (v, 1); n = m;", "F F F F F F F F F F F F F F F F" },
        { "nested deconstruction", "((T w, int m), _) = ((v, 1), 2); n = m;", "F F F F F F F F F F F F F F F F" },
        { "deconstruction with var", "var (w, m) = (v, 1); n = m;", "F F F F F F F F F F F F F F F F" },
        { "discard", "_ = v; T w = v;", "F F F F F F F F F F F F F F F F" },
        { "is T", "if (!(v is T w)) return;", "S S F F F F F F F F F F F F F F" },
        { "is var", "if (!(v is var w)) return;", "F F F F F F F F F F F F F F F F" },
        { "is { }", "if (v is not { } w) return;", "S S F F F - - F F F F - F - - F" },
        { "is T and not null", "if (!(v is T w and not null)) return;", "S S F F F - - F F F F - F - - F" },
        { "positional pattern on a tuple", "if (!((v, n) is (var w, _))) return;", "F S F F F F F S F F S F S F F S" },
        { "upcast in a pattern", "if (!(v is object o)) return; T w = (T)o;", "S S F F F F F F F F F F F F F F" },
        { "property pattern", "if (new Kept<T>(v) is not { Value: var w }) return;", "R S S R S R F S S S S S S S R S" },
        { "list pattern", "if (new[] { v } is not [var w]) return;", "R S S R S R F S S S S S S S S S" },
        { "nullable value type", "T? x = v; T w = x.Value;", "- - - - - F F - - - - F - F F -" },
        { "?? of a nullable value type", "T? x = v; T w = x ?? default;", "- - - - - F F - - - - F - F F -" },
        { "?. of the value", "_ = v?.ToString(); T w = v;", "F F F F F - - F F F F - F - - F" },
        { "test by ==", "if (v == null) return; T w = v;", "S S F F F - - F F F F - F - - F" },
        { "test by is null", "if (v is null) return; T w = v;", "S S F F F - - F F F F - F - - F" },
        { "test by & and |", "if (v == null | (v == null & flag)) return; T w = v;", "S S F F F - - F F F F - F - - F" },
        { "test by ReferenceEquals", "if (ReferenceEquals(v, null)) return; T w = v;", "S S F F F - - F F F F - F - - F" },
        { "test by [NotNullWhen]", "if (!Help.IsThere(v)) return; T w = v;", "S S F F F - - F F F F - F - - F" },
        { "[DoesNotReturn]", "if (flag) Help.Fail(); T w = v;", "F F F F F F F F F F F F F F F F" },
        { "[DoesNotReturn] with a value", "if (flag) n = Help.Fail<int>(); T w = v;", "F F F F F F F F F F F F F F F F" },
        { "[DoesNotReturnIf]", "Help.Require(!flag); T w = v; if (flag) return;", "F F F F F F F F F F F F F F F F" },
        { "interpolated string", "_ = $\"{v}\"; T w = v;", "F F F F F F F F F F F F F F F F" },
        { "nameof", "_ = nameof(v); T w = v;", "F F F F F F F F F F F F F F F F" },
        { "lock", "lock (v) { n++; } T w = v;", "F S F F F - - F F F F - F - - F" },
        { "checked", "T w; checked { w = v; }", "F F F F F F F F F F F F F F F F" },
        { "try and finally", "T w; try { w = v; } finally { n++; }", "F F F F F F F F F F F F F F F F" },
        { "loop", "T w = v; while (n-- > 0) w = v;", "F F F F F F F F F F F F F F F F" },
        { "goto", "T w; goto next; next: w = v;", "F F F F F F F F F F F F F F F F" },
        { "dynamic", "dynamic d = v; T w = v;", "F F F F F F F F F F F F F F F F" },
        { "ref local", "ref T x = ref v; T w = v;", "F S F F F F F S F F S F S F F S" },
        { "ref argument", "Help.Look(ref v); T w = v;", "R S S F S F F S F S S S S S R S" },
        { "out argument", "Help.Pass(v, out T w);", "R S S R S R F S S S S S S S R F" },
        { "argument", "Help.Keep(v); T w = v;", "F S F F F F F S F F F F S F R S" },
        { "result of a generic method", "T w = Help.Same(v);", "R S S R S R F S S S S S S S R F" },
        { "receiver of a method in an extension block", "v.KeepIt(); T w = v;", "F S F F F F F S F F F F S F R S" },
        { "receiver of an extension block as an argument", "Help.KeepIt(v); T w = v;", "F S F F F F F S F F F F S F R S" },
        { "receiver of a classic extension method", "v.KeepClassic(); T w = v;", "F S F F F F F S F F F F S F R S" },
        { "operand of a user's operator", "_ = new Table<T>() & v; T w = v;", "F S F F F F F S F F F F S F R S" },
        { "operand of a user's compound assignment", "Table<T> t = new(); t += v; T w = v;", "F S F F F F F S F F F F S F R S" },
        { "await of a task", "T w = await Task.FromResult(v);", "R S S R S R - S S S S S S S S F" },
        { "await using", "await using (new Waiting()) { n++; } T w = v;", "F F F F F F - F F R F F F F F F" },
        { "await foreach", "await foreach (T x in Help.Each(v)) { n++; } T w = v;", "F S F F F F - S F R F F S F R S" },
        { "delegate", "Action<T> keep = Help.Keep; keep(v); T w = v;", "F S F F F F F S F F F F S F R S" },
        { "params", "Help.All(v, v); T w = v;", "F S F F F F F S F F S F S F F S" },
        { "primary constructor", "_ = new Primary<T>(v); T w = v;", "F S F F F F F S F F F F S F R S" },
        { "primary constructor with a base argument", "_ = new Derived<T>(v); T w = v;", "F S F F F F F S F F F F S F R S" },
        { "property of an extension block", "_ = v.Shown; T w = v;", "F S F F F F F F F F F F F F F F" },
        { "iterator", "IEnumerable<T> Each() { yield return v; } _ = Each(); T w = v;", "F F F F F F F S S F S F S F F S" },
        { "field", "store.Value = v; T w = v;", "F S F F F F F S F R S F S F F S" },
        { "array element", "store.All[0] = v; T w = v;", "F S F F F F F S F R S F S F F S" },
        { "??= of an array element", "store.Any[0] ??= v; T w = v;", "F F F F F - - F F R S - F - - F" },
        { "indexer", "store.List[0] = v; T w = v;", "F S F F F F F S F R S F S F F S" },
        { "tuple in a field", "store.Pair = (v, 1); T w = v;", "F S F F F F F S F R S F S F F S" },
        { "collection expression", "store.List = [v]; T w = v;", "F S F F F F F S F R S F S F F S" },
        { "spread", "store.List = [.. new[] { v }]; T w = v;", "F S F F F F F S F F S F S F F S" },
        { "deconstruction into a field", "(store.Value, n) = (v, 1); T w = v;", "F S F F F F F S F R S F S F F S" },
        { "?. on the left", "owner?.Value = v; T w = v;", "F F F F F F F F F R S F F F F F" },
        { "object initializer", "_ = new Store<T> { Value = v }; T w = v;", "F S F F F F F S F F S F S F F S" },
        { "with", "_ = new Kept<T>(default!) with { Value = v }; T w = v;", "F S F F F F F S F F S F S F F S" },
        { "anonymous object", "_ = new { v }; T w = v;", "F S F F F F F S F F S F S F F S" },
        { "lambda that is stored", "store.Later = () => Help.Keep(v); T w = v;", "F F F F F F F S S R S F S F F S" },
        { "local function", "void Local() => _ = v; Local(); T w = v;", "F F F F F F F S S F S F S F F S" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Each_rule_gives_the_right_answer(string way, string code, string answers)
    {
        string[] expected = answers.Split(' ');
        CSharpCompilation compilation = AllRules.Compile([string.Concat(ClassesOf(code, expected)), Types, GeneratedCode.Types], [.. TestProject.Framework, .. TestProject.Sdk]);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(compilation, TestContext.Current.CancellationToken);

        string actual = string.Join(' ', Rules.Zip(expected, (rule, answer) => answer is "-" ? "-" : AnswerOf(rule, found)));
        Assert.True(answers == actual, $"{way}:\nexpected {answers}\nactual   {actual}");
    }

    [Fact]
    public void Each_way_is_a_row_of_its_own() => Assert.Equal(Ways.Count, Ways.Select(row => row.Data.Item1).Distinct(StringComparer.Ordinal).Count());

    /// <summary>With <c>IOASID_UPDATE_RULE_INDEX</c> set, the page is written again.</summary>
    [Fact]
    public async Task The_page_shows_the_matrix()
    {
        const string Begin = "<!-- matrix -->\n";
        const string End = "<!-- end of the matrix -->";
        string file = Path.Combine(RulePages.Repository, "docs", "writing-a-rule.md");
        string page = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        string table = string.Concat(
            Ways.Select(row => $"| {row.Data.Item1.Replace("|", "\\|", StringComparison.Ordinal)} | `{row.Data.Item2.Replace("|", "\\|", StringComparison.Ordinal)}` | {row.Data.Item3.Replace(" ", " | ", StringComparison.Ordinal)} |\n".Replace("| - ", "| – ", StringComparison.Ordinal))
                .Prepend($"| way | code | {string.Join(" | ", Rules.Select(rule => rule.Id["IOASID".Length..]))} |\n|---|---|{string.Concat(Enumerable.Repeat("---|", Rules.Length))}\n"));
        string expected = page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + table + page[page.IndexOf(End, StringComparison.Ordinal)..];
        if (Environment.GetEnvironmentVariable("IOASID_UPDATE_RULE_INDEX") is "1")
            await File.WriteAllTextAsync(file, expected, TestContext.Current.CancellationToken);

        Assert.Equal(expected, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    /// <summary>Returns the code of all rows and the types that it needs, each row in a namespace of its own.</summary>
    internal static IEnumerable<string> AllCode() =>
        Ways.Select((row, number) => $"namespace Row{number}\n{{\n{string.Concat(ClassesOf(row.Data.Item2, row.Data.Item3.Split(' ')))}}}\n").Append(Types);

    private static IEnumerable<string> ClassesOf(string code, string[] answers) => Rules.Zip(answers)
        .Where(column => column.Second is not "-")
        .SelectMany(column => new[] { ClassOf(column.First, "Right", code, column.First.Right), ClassOf(column.First, "Wrong", code, column.First.Wrong) });

    private static string AnswerOf(Rule rule, ImmutableArray<Diagnostic> found)
    {
        bool isRightReported = IsReported($"{rule.Id}_Right");
        bool isWrongReported = IsReported($"{rule.Id}_Wrong");
        return (isRightReported, isWrongReported) switch { (false, true) => "F", (false, false) => "S", (true, true) => "R", _ => "only the right code" };

        bool IsReported(string type) => found.Any(diagnostic => string.Equals(diagnostic.Id, rule.Id, StringComparison.Ordinal)
            && diagnostic.Location.SourceTree!.GetRoot().FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ClassDeclarationSyntax>()!.Identifier.ValueText == type);
    }

    private const string Types = """
        public abstract class Closed { private protected Closed() { } }
        public sealed class One : Closed;
        public sealed class Two : Closed;
        public class Store<T> { public T? Value; public T[] All = []; public T?[] Any = []; public List<T> List = []; public (T?, int) Pair; public Action? Later; }
        public record Kept<T>(T Value);
        public class Primary<T>(T value) { public T Value => value; }
        public class Derived<T>(T value) : Primary<T>(value);
        public class Table<T> { public static Table<T> operator &(Table<T> table, T value) => table; public void operator +=(T value) { } }
        public static class Help
        {
            public static void Program(RawIoAsid id) { }
            [DoesNotReturn] public static void Fail() => throw new InvalidOperationException();
            [DoesNotReturn] public static T Fail<T>() => throw new InvalidOperationException();
            public static void Require([DoesNotReturnIf(false)] bool condition) { }
            public static bool IsThere([NotNullWhen(true)] object? value) => value is not null;
            public static T Same<T>(T value) => value;
            public static void Keep<T>(T value) { }
            public static void KeepClassic<T>(this T value) { }
            public static void Look<T>(ref T value) { }
            public static void Pass<T>(T value, out T same) => same = value;
            public static void All<T>(params T[] values) { }
            public static async IAsyncEnumerable<T> Each<T>(T value) { await Task.Yield(); yield return value; }
            extension<T>(T value) { public void KeepIt() { } public string Shown => ""; }
        }
        """;

    /// <summary>A rule and the code that it judges.</summary>
    /// <param name="Id">The id.</param>
    /// <param name="Type">The type of the value.</param>
    /// <param name="Parameters">The parameters that the code needs.</param>
    /// <param name="Take">The statements that give the value the name <c>v</c>.</param>
    /// <param name="Right">The right use of the value by its name <c>w</c>, which the rule does not report.</param>
    /// <param name="Wrong">The wrong use of the value by its name <c>w</c>, which the rule reports.</param>
    /// <param name="WrongTake">The statements in place of <c>Take</c> in the wrong code, if they differ.</param>
    /// <param name="Returns">The return type of the method, if the rule is about methods that return a value. Such a method has no await.</param>
    /// <param name="IsOblivious">Whether the compiler tracks no nulls in the code.</param>
    private sealed record Rule(string Id, string Type, string Parameters, string Take, string Right, string Wrong, string? WrongTake = null, string? Returns = null, bool IsOblivious = false);

    private static string ClassOf(Rule rule, string kind, string way, string use) => $$"""
        #nullable {{(rule.IsOblivious ? "disable" : "enable")}}
        class {{rule.Id}}_{{kind}}
        {
            readonly Store<{{rule.Type}}> store = new();
            readonly Dictionary<uint, object> table = [];

            public {{rule.Returns ?? "async Task"}} M({{rule.Parameters}}, {{rule.Type}} other, Store<{{rule.Type}}>? owner, bool flag, int n)
            {
                {{(kind is "Wrong" ? rule.WrongTake : null) ?? rule.Take}}
                {{Word().Replace(rule.Returns is null ? way : way.Replace("return;", "return null;", StringComparison.Ordinal), rule.Type)}}
                {{use}}
                {{(rule.Returns is null ? "await Task.CompletedTask;" : "")}}
            }
        }

        """;

    /// <summary>Returns the placeholder for the type of the value.</summary>
    [GeneratedRegex(@"\bT\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
