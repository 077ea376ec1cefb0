using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace IoAsid.Typed.Analyzers.Tests.Robustness;

/// <summary>Generates valid C# 14: calls of the SDK, inside every construct of the language, inside every kind of function.</summary>
internal static class GeneratedCode
{
    private const string Parameters =
        "IoAsidSet<SvaBinding> sva, IoAsidReader<SvaBinding> reader, [OwnerSet] IoAsidSet vm, [GuestControlled] RawIoAsid id, int n, bool flag, "
        + "IoAsidHandle<SvaBinding> handle, [Answers] Group group, IDisposable scope, Owner? owner, RawIoAsid[] ids, IoAsidSpace space";

    /// <summary>The parameters of the other part of a partial member. An attribute of one part applies to both parts, and must not be repeated.</summary>
    private static readonly string Unmarked = string.Join(", ", Parameters.Split(", ").Select(parameter => parameter[0] == '[' ? parameter.Split("] ", 2)[1] : parameter));

    private const string Arguments = "sva, reader, vm, id, n, flag, handle, group, scope, owner, ids, space";

    /// <summary>The types that the generated code uses. The fields of <c>Host</c> have the names of the parameters, for functions without parameters.</summary>
    public const string Types = $$"""
        global using System;
        global using System.Collections.Generic;
        global using System.Diagnostics.CodeAnalysis;
        global using System.Linq;
        global using System.Linq.Expressions;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using IoAsid.Typed;
        global using IoAsid.Typed.Migration;

        public abstract class SvaBinding { private protected SvaBinding() { } public int Users { get; set; } public void Serve() { } }
        public sealed class GuestBinding : SvaBinding { public bool IsReady { get; set; } }
        public sealed class NativeBinding : SvaBinding;
        [AnsweredOnce] public class Group { public bool IsAnswered { get; set; } [Answers] public void Respond() { } [Answers] public int Response { set { } } }
        public class Owner { public SvaBinding? Data { get; set; } public IoAsidReference? Mine { get; set; } public int Count { get; set; } public SvaBinding?[] All = []; }
        public record Pair(SvaBinding? Data, RawIoAsid Id) { public int Extra { get; init; } }
        public sealed class Waiting : IAsyncDisposable { public ValueTask DisposeAsync() => default; }
        public ref struct Stack : IDisposable { public Span<int> Items; public Stack() { } public void Dispose() { } }
        public class Counter { public int Value; public void operator +=(int n) => Value += n; public void operator ++() => Value++; public static Counter operator +(Counter a, Counter b) => a; public static implicit operator int(Counter counter) => counter.Value; }
        [System.Runtime.CompilerServices.InlineArray(4)] public struct Four { int _element; }
        public interface INumber<T> where T : INumber<T> { static abstract T operator +(T left, T right); }
        public class Host
        {
            protected static readonly IoAsidSet<SvaBinding> sva = null!; protected static readonly IoAsidReader<SvaBinding> reader; [OwnerSet] protected static readonly IoAsidSet vm = null!;
            [GuestControlled] protected static RawIoAsid id; protected static int n; protected static bool flag; protected static IoAsidHandle<SvaBinding> handle; protected static Group group = null!;
            protected static IDisposable scope = null!; protected static Owner? owner; protected static RawIoAsid[] ids = []; protected static IoAsidSpace space = null!;
        }
        public static class Hardware
        {
            public static void Program(RawIoAsid id) { }
            public static T Pass<T>(T value) => value;
            [DoesNotReturn] public static T Fail<T>() => throw new InvalidOperationException();
            public static void Require([DoesNotReturnIf(false)] bool condition) { }
            public static void Close([TakesOwnership] IDisposable? mine) => mine?.Dispose();
            [return: GuestControlled] public static Task<RawIoAsid> ReadAsync() => Task.FromResult(default(RawIoAsid));
            public static bool TryRead([GuestControlled] out RawIoAsid id) { id = default; return true; }
            public static async IAsyncEnumerable<RawIoAsid> All() { await Task.Yield(); yield return default; }
        }
        public static class Extensions
        {
            extension(IoAsidReference reference) { public void Finish() => reference.Dispose(); public bool IsOld => reference.IsReleased; }
            extension(Group group) { [Answers] public void Later() => group.Respond(); }
            extension(RawIoAsid id) { public void Write() => Hardware.Program(id); public object? Look => null; }
        }
        """;

    /// <summary>A construct of the language. In its text a backtick stands for statements, <c>@</c> for an expression, <c>%</c> for a return, <c>#</c> for a number that makes names unique.</summary>
    /// <param name="Text">One or more statements.</param>
    /// <param name="Inside">The function that the statements of the construct belong to; null if it is the enclosing function.</param>
    /// <param name="Needs">The kind of function that may contain the construct.</param>
    private sealed record Construct(string Text, Function? Inside = null, Kind Needs = Kind.Any);

    /// <summary>A function that may contain code.</summary>
    /// <param name="Text">The declaration; a backtick stands for the body.</param>
    /// <param name="Kind">The kind of the function.</param>
    /// <param name="Return">The statement that leaves the function.</param>
    private sealed record Function(string Text, Kind Kind, string Return);

    [Flags]
    private enum Kind
    {
        Any = 0,
        Async = 1,
        Iterator = 2,

        /// <summary>A jump out of the statements is an error.</summary>
        NoJump = 4,

        /// <summary>Unsafe code is an error, because the function may suspend.</summary>
        Suspends = Async | Iterator,

        /// <summary>The construct needs a function that never suspends.</summary>
        Plain = 8,
    }

    private static readonly Function Void = new("", Kind.Any, "return;");
    private static readonly Function Value = new("", Kind.Any, "return default!;");
    private static readonly Function AsyncLambda = new("", Kind.Async, "return;");

    private static readonly ImmutableArray<Function> Functions =
    [
        new($"class C# {{ void M({Parameters}) {{ ` }} }}", Kind.Any, "return;"),
        new($"class C# {{ async Task M({Parameters}) {{ await Task.Yield(); ` }} }}", Kind.Async, "return;"),
        new($"class C# {{ async ValueTask<int> M({Parameters}) {{ await Task.Yield(); ` return 0; }} }}", Kind.Async, "return 1;"),
        new($"class C# {{ IEnumerable<int> M({Parameters}) {{ yield return 0; ` }} }}", Kind.Iterator, "yield break;"),
        new($"class C# {{ async IAsyncEnumerable<int> M({Parameters}) {{ await Task.Yield(); yield return 0; ` }} }}", Kind.Suspends, "yield break;"),
        new($"class C# {{ Delegate M({Parameters}) {{ using (scope) {{ return () => {{ ` }}; }} }} }}", Kind.Any, "return;"),
        new($"class C# {{ void M({Parameters}) {{ foreach (RawIoAsid each in ids) {{ Func<Task> f = async () => {{ await Task.Yield(); ` }}; f(); }} }} }}", Kind.Async, "return;"),
        new($"class C# {{ void M({Parameters}) {{ lock (sva) {{ Local(); void Local() {{ ` }} }} }} }}", Kind.Any, "return;"),
        new($"class C# {{ void M({Parameters}) {{ try {{ Local<int>({Arguments}); }} finally {{ Local<string>({Arguments}); }} static void Local<T>({Parameters}) {{ ` }} }} }}", Kind.Any, "return;"),
        new($"class C# {{ void M({Parameters}) {{ try {{ n++; }} catch (Exception) when (flag) {{ Action f = () => {{ ` }}; f(); }} }} }}", Kind.Any, "return;"),
        new($"class C# {{ IEnumerable<Action> M({Parameters}) {{ using (scope) {{ yield return delegate {{ ` }}; }} }} }}", Kind.Any, "return;"),
        new("class C# : Host { int P { get { ` return 0; } } }", Kind.Any, "return 1;"),
        new("class C# : Host { int P { get => field; set { field = value; ` } } }", Kind.Any, "return;"),
        new("class C# : Host { int this[int at] { get { ` return at; } } }", Kind.Any, "return 1;"),
        new("class C# : Host { event Action E { add { ` } remove { } } }", Kind.Any, "return;"),
        new("class C# : Host { public C#() { ` } ~C#() { } }", Kind.Any, "return;"),
        new("class C# : Host { ~C#() { ` } }", Kind.Any, "return;"),
        new("class C# : Host { static C#() { ` } }", Kind.Any, "return;"),
        new("class C# : Host { Action f = () => { ` }; }", Kind.Any, "return;"),
        new("class C# : Host { Lazy<int> P { get; } = new(() => { ` return 0; }); }", Kind.Any, "return 1;"),
        new($"class B#(object a) {{ protected object A => a; }} class C#({Parameters}) : B#(new Func<int>(() => {{ ` return 0; }})) {{ object Kept => ({Arguments}); }}", Kind.Any, "return 1;"),
        new($"class C#({Parameters}) {{ void M() {{ ` }} }}", Kind.Any, "return;"),
        new($"struct C#(int start) {{ readonly int _kept = start; int M({Parameters}) {{ ` return _kept; }} }}", Kind.Any, "return 1;"),
        new($"record C#({Parameters}) {{ Action Run = () => {{ }}; void M({Parameters}) {{ ` }} }}", Kind.Any, "return;"),
        new($"ref struct C# {{ void M({Parameters}) {{ ` }} }}", Kind.Any, "return;"),
        new($"interface C# {{ void M({Parameters}) {{ ` }} }}", Kind.Any, "return;"),
        new($"interface C#<T> where T : C#<T> {{ static virtual int M<U>({Parameters}, U other) where U : IComparable<U>, INumber<U> {{ ` return 0; }} }}", Kind.Any, "return 1;"),
        new("class C# : Host { public static C# operator +(C# a, C# b) { ` return a; } }", Kind.Any, "return b;"),
        new("class C# : Host { public void operator +=(int by) { ` } }", Kind.Any, "return;"),
        new("class C# : Host { public static implicit operator int(C# a) { ` return 0; } }", Kind.Any, "return 1;"),
        new($"partial class C# {{ partial void M({Parameters}); partial void M({Unmarked}) {{ ` }} }}", Kind.Any, "return;"),
        new($"partial class C# {{ public partial C#({Unmarked}); public partial C#({Parameters}) {{ ` }} }}", Kind.Any, "return;"),
        new($"static class C# {{ extension(IoAsidSet<SvaBinding> sva) {{ public void M#({Parameters.Replace("IoAsidSet<SvaBinding> sva, ", "", StringComparison.Ordinal)}) {{ ` }} }} }}", Kind.Any, "return;"),
        new($"static class C# {{ extension([GuestControlled] RawIoAsid id) {{ public async Task M#({Parameters.Replace("[GuestControlled] RawIoAsid id, ", "", StringComparison.Ordinal)}) {{ await Task.Yield(); ` }} }} }}", Kind.Async, "return;"),
        new($"static class C# {{ extension([Answers] Group group) {{ public int P#({Parameters.Replace("[Answers] Group group, ", "", StringComparison.Ordinal)}) {{ ` return 0; }} }} }}", Kind.Any, "return 1;"),
        new($"static class C# {{ extension<T>(List<T> list) where T : IComparable<T> {{ public static void M#({Parameters}) {{ ` }} public T? First# => list is [var one, ..] ? one : default; }} }}", Kind.Any, "return;"),
        new($"class C# {{ Expression<Func<object?>> M({Parameters}) {{ ` return () => sva.Find(id).Data; }} }}", Kind.Any, "return null!;"),
        new($"[HardwareBoundary] class C#<T> where T : class, IComparable<T> {{ void M({Parameters}, T label) {{ ` }} }}", Kind.Any, "return;"),
    ];

    private static readonly ImmutableArray<Construct> Constructs =
    [
        new("`"),
        new("if (flag) { ` } else { % }"),
        new("if (@ is null) { ` }"),
        new("while (n-- > 0) { ` if (flag) break; }"),
        new("do { ` if (flag) continue; } while (n-- > 0);"),
        new("for (int i# = 0; i# < n; i#++) { ` }"),
        new("foreach (RawIoAsid each# in ids) { id = each#; ` }", Needs: Kind.Plain),
        new("foreach (var (key#, value#) in new Dictionary<int, object?> { [1] = @ }) { _ = (key#, value#); ` }"),
        new("foreach (ref RawIoAsid each# in ids.AsSpan()) { each# = id; }", Needs: Kind.Plain),
        new("using (scope) { ` }"),
        new("using (sva.TryHold(id, out IoAsidReference<SvaBinding>? r#) ? r# : null) { ` }"),
        new("{ using var s# = scope; ` }"),
        new("{ using Stack s# = new(); ` }", Needs: Kind.Plain),
        new("lock (sva) { ` }", Needs: Kind.Plain),
        new("{ Lock l# = new(); lock (l#) { ` } }", Needs: Kind.Plain),
        new("try { ` } catch (InvalidOperationException e#) when (e#.Message.Length > n) { _ = @; } catch { % }", Needs: Kind.Plain),
        new("try { ` } catch (Exception) { throw; }", Needs: Kind.Plain),
        new("try { n++; } catch (Exception) { ` }", Needs: Kind.Plain),
        new("try { n++; } finally { ` }", new Function("", Kind.NoJump, ";"), Kind.Plain),
        new("try { try { ` } finally { _ = @; } } catch (Exception) { } finally { n--; }", Needs: Kind.Plain),
        new("switch (n) { case 0: ` break; case 1: goto case 0; case 2 or 3 when flag: case > 5 and < 9: % default: goto case 1; }"),
        new("switch (reader.Find(id).Data) { case GuestBinding { IsReady: true } g#: g#.Serve(); break; case NativeBinding: ` break; case null: break; }"),
        new("_ = n switch { 0 => @, 1 when flag => null, > 3 and not 7 => Hardware.Fail<object?>(), _ => throw new InvalidOperationException() };"),
        new("_ = reader.Find(id) switch { { Data: GuestBinding { Users: var u# } } => (object)u#, { Data: { } d# } => d#, _ => id };"),
        new("_ = (@, n) switch { (null, 0) => 1, (_, var m#) when m# > 3 => m#, (string { Length: > 2 }, _) => 2, _ => 0 };"),
        new("_ = flag ? @ : n > 3 ? null : @;"),
        new("object? c# = @ ?? (object?)owner ?? throw new InvalidOperationException(); c# ??= @; _ = c#;"),
        new("owner?.Data = reader.Find(id).Data; owner?.Count += n;"),
        new("owner?.All[0] ??= reader.Find(id).Data;"),
        new("(object? t#, int m#) = (@, n); (t#, _) = (null, m#); _ = t#;"),
        new("var (p#, q#) = new Pair(reader.Find(id).Data, id); (p#, q#) = (null, q#); Hardware.Program(q#);"),
        new("object?[] a# = [@, .. new object?[] { null }, @]; List<object?> l# = [.. a#]; _ = l#;"),
        new("if (ids is [var first#, .. var rest#, _] && rest# is [_, ..]) { Hardware.Program(first#); ` }"),
        new("if (@ is not (string or int) and { } o# && o#.ToString() is { Length: > 3 } s#) { _ = s#; ` }"),
        new("if (reader.TryFind(id, out SvaBinding? d#) && d# is GuestBinding { IsReady: var b# } and not null) { flag = b#; ` }"),
        new("_ = $\"{@} {n,3:N2} {(flag ? id : default)}\" + \"x\"u8.Length;"),
        new("checked { ` } unchecked { n = (ushort)id.Value; }"),
        new("unsafe { fixed (RawIoAsid* q# = ids) { _ = q#->Value; } }", Needs: Kind.Plain),
        new("Local#(n); static unsafe void Local#(int m) { int* p = stackalloc int[2]; Span<int> s = stackalloc int[m]; s[0] = p[0]; }"),
        new("Span<int> s# = [n, .. new[] { 1 }]; s#[^1] = n; foreach (int e# in s#[1..]) { n = e#; }", Needs: Kind.Plain),
        new("l#: if (n-- > 3) goto l#; `"),
        new("var q# = from e# in ids where e#.Value > 3 let f# = reader.Find(e#).Data join o# in ids on e# equals o# orderby e#.Value descending group f# by e# into g# select new { g#.Key, Count = g#.Count() }; _ = q#.ToList();"),
        new("_ = ids.Select(each => reader.Find(each).Data).Where(static d => d is not null).ToDictionary(d => d!.Users);"),
        new("Action f# = () => { ` }; f#();", Void),
        new("Func<int, object?> f# = m => { ` return @; }; f#(1);", Value),
        new("var f# = (int m = 3, params int[] more) => { ` return m + more.Length; }; _ = f#();", Value),
        new("Func<Task> f# = async () => { await Task.Yield(); ` }; _ = f#();", AsyncLambda),
        new("Func<object?> f# = static () => null; _ = f# + (() => @);"),
        new("Action<Group> f# = ([Answers] Group g) => { ` g.Respond(); }; f#(group);", Void),
        new("Local#(); void Local#() { ` }", Void),
        new("Local#<int>(n); T Local#<T>(T m) where T : IComparable<T> { ` return m; }", Value),
        new("foreach (int y# in Local#()) { n = y#; } IEnumerable<int> Local#() { yield return 1; ` }", new Function("", Kind.Iterator, "yield break;")),
        new("_ = Local#(); async Task Local#() { await Task.Yield(); ` }", AsyncLambda),
        new("Owner o# = new() { Data = reader.Find(id).Data, Count = n, All = [null] }; _ = o#;"),
        new("Pair p# = new(reader.Find(id).Data, id) { Extra = 3 }; p# = p# with { Data = null, Id = id }; _ = p#;"),
        new("_ = new { Data = @, id.Value, Inner = new { n } };"),
        new("Dictionary<uint, object?> d# = new() { [1] = @ }; d#[3] = @; _ = new Dictionary<int, object?> { { 2, @ } }; _ = d#[1] ?? d#;"),
        new("ref int r# = ref (flag ? ref n : ref n); r# = ref n; r#++;", Needs: Kind.Plain),
        new("Counter c# = new(); c# += n; c#++; c# += new Counter().Value; int i# = c# + c#; _ = i#;"),
        new("dynamic y# = sva; y#.Find(id); _ = y#[0] + y#.Data; y#(n);"),
        new("Hardware.Require(flag); `"),
        new("if (n == 3) { _ = Hardware.Fail<int>(); } `"),
        new("if (Hardware.TryRead(out RawIoAsid w#)) { Hardware.Program(w#); w#.Write(); ` }"),
        new("for (int i# = 0, j# = 1; ; i#++, j#--) { if (i# > j#) break; ` }"),
        new("bool b# = flag & sva.Contains(id) | !flag ^ vm.Contains(id); if (b#) { ` }"),
        new("RawIoAsid? m# = flag ? id : null; Hardware.Program(m# ?? default); m#?.Write(); IoAsidHandle<SvaBinding>? h# = handle; h#?.Free();"),
        new("Four f# = default; f#[0] = n; n = f#[^1];", Needs: Kind.Plain),
        new("_ = nameof(List<>) + nameof(sva.Find) + typeof(IoAsidSet<>).Name + sizeof(int) + default(RawIoAsid);"),
        new("_ = (object)sva is IoAsidSet<SvaBinding> { Name: \"x\" } e# && e#.Contains(id);"),
        new("if (ReferenceEquals(@, null) || object.Equals(@, n)) { % }"),
        new("unsafe { delegate* managed<int, int> p# = null; _ = p# == null; }", Needs: Kind.Plain),
        new("await Task.Yield(); `", Needs: Kind.Async),
        new("Hardware.Program(await Hardware.ReadAsync().ConfigureAwait(false)); `", Needs: Kind.Async),
        new("await using (new Waiting()) { ` }", Needs: Kind.Async),
        new("{ await using Waiting w# = new(); ` }", Needs: Kind.Async),
        new("await foreach (RawIoAsid each# in Hardware.All()) { Hardware.Program(each#); ` }", Needs: Kind.Async),
        new("SvaBinding? k# = reader.Find(id).Data; await handle.FreeAsync(); k#?.Serve();", Needs: Kind.Async),
        new("try { await Task.Yield(); } catch { await Task.Yield(); } finally { await Task.Delay(n); }", Needs: Kind.Async),
        new("yield return n; ` yield return 3;", Needs: Kind.Iterator),
        new("try { yield return n; } finally { ` }", new Function("", Kind.NoJump, ";"), Kind.Iterator),
    ];

    private static readonly ImmutableArray<string> Calls =
    [
        "sva.Find(id);",
        "SvaBinding? d# = reader.Find(id).Data; d#!.Serve();",
        "reader.TryFind(id, out SvaBinding? d#); d#?.Serve();",
        "if (owner is not null) owner.Data = sva.Find(id).Data;",
        "if (!sva.TryHold(id, out IoAsidReference<SvaBinding>? r#)) { % } else { r#.Data.Serve(); r#.Dispose(); }",
        "if (sva.TryHold(id, out IoAsidReference<SvaBinding>? r#) && r# is IDisposable x#) x#.Dispose();",
        "sva.TryHold(id, out IoAsidReference<SvaBinding>? r#); Hardware.Close(r#);",
        "if (vm.TryHold(id, out IoAsidReference? r#)) r#.Finish();",
        "{ using IoAsidHold<SvaBinding> h# = sva.Hold(id); if (h#.IsHeld) h#.Data.Serve(); }",
        "sva.Allocate(new NativeBinding());",
        "IoAsidHandle<SvaBinding> h# = sva.Allocate(new NativeBinding()); h#.Free(); h#.ClearData();",
        "IoAsidBinding b# = handle.Bind(); handle.Free(); _ = b#;",
        "handle.Free(); if (!handle.IsStale) handle.ClearData();",
        "if (vm.Contains(id)) { Hardware.Program(id); } else { id.Write(); }",
        "Hardware.Program(id);",
        "if (sva.Contains(id) && sva.TryGetHandle(id, out IoAsidHandle<SvaBinding> h#)) h#.Free();",
        "if (!group.IsAnswered) group.Respond();",
        "if (flag) { group.Respond(); % } group.Later();",
        "group.Response = n;",
        "object? u# = UntypedLookup.Find(space, null, id, null); _ = (SvaBinding?)u#;",
        "_ = (GuestBinding?)reader.Find(id).Data;",
        "_ = new RawIoAsid((uint)n);",
        "sva.Observe(e => { });",
        "_ = sva.Observe(async e => await Task.Yield());",
        "_ = space.CreateSet<object>(\"all\");",
        "IoAsidHandle<SvaBinding> dead# = default; dead#.Free();",
        "_ = id.Look; _ = (byte)id.Value;",
        "if ((IoAsidSet)sva is IoAsidSet<SvaBinding> s#) _ = s#.Find(id);",
    ];

    private static readonly ImmutableArray<string> Expressions =
    [
        "reader.Find(id).Data",
        "reader.Find(id).Data?.Users",
        "UntypedLookup.Find(space, sva, id, null)",
        "(reader.TryFind(id, out SvaBinding? e#) ? e# : null)",
        "(object?)(GuestBinding?)sva.Find(id).Data",
        "sva.Allocate(new NativeBinding()).Id",
        "(vm.TryHold(id, out IoAsidReference? e#) ? e# : null)",
        "Hardware.Pass(id)",
    ];

    /// <summary>The number of places after which each construct stood in each function.</summary>
    public static int Pairs => Constructs.Length * Functions.Length;

    /// <summary>Returns the number of the pair of a construct and a function at a place. Neighbouring places have distant pairs, so a part of all places has every construct and every function.</summary>
    public static int PairAt(int place)
    {
        const int Step = 7_919;
        return (int)((long)place * Step % Pairs);
    }

    /// <summary>Returns the declarations of the places from one number on. The same numbers give the same declarations.</summary>
    public static string Places(int first, int count)
    {
        StringBuilder code = new();
        for (int place = first; place < first + count; place++)
            code.Append(Place(place)).Append('\n');

        return code.ToString();
    }

    /// <summary>Returns a top-level program with all constructs in a row.</summary>
    public static string Program(int seed)
    {
        Writer writer = new(new Random(seed));
        Function program = new("", Kind.Async, "return;");
        return string.Join('\n', Parameters.Split(", ").Select(parameter => $"{(parameter[0] == '[' ? parameter.Split("] ", 2)[1] : parameter)} = default!;"))
            + writer.Fill(program, string.Concat(Constructs.Where(construct => Fits(construct, program)).Select(construct => writer.Write(construct, program, 0) + "\n")));
    }

    private static string Place(int place)
    {
        Function function = Functions[PairAt(place) / Constructs.Length];
        Writer writer = new(new Random(place));
        int construct = PairAt(place) % Constructs.Length;
        while (!Fits(Constructs[construct], function))
            construct = (construct + 1) % Constructs.Length;

        // After the first round, the constructs are nested in others.
        string body = writer.Write(Constructs[construct], function, depth: Math.Min(2, place / Pairs));
        return Numbered(function.Text, place).Replace("`", body, StringComparison.Ordinal);
    }

    private static bool Fits(Construct construct, Function function) => construct.Needs switch
    {
        Kind.Any => true,
        Kind.Plain => (function.Kind & Kind.Suspends) == Kind.Any,
        var needs => (function.Kind & needs) == needs,
    };

    private static string Numbered(string text, int number) => text.Replace("#", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private sealed class Writer(Random random)
    {
        private int _names;

        public string Write(Construct construct, Function around, int depth)
        {
            Function inside = construct.Inside ?? around;
            string text = Numbered(construct.Text, _names++);
            while (text.IndexOf('`', StringComparison.Ordinal) is >= 0 and var hole)
                text = text[..hole] + (depth > 0 ? Write(Next(inside), inside, depth - 1) : Call(inside)) + text[(hole + 1)..];

            return Fill(around, text);
        }

        /// <summary>Replaces the holes for expressions and returns.</summary>
        public string Fill(Function function, string text)
        {
            while (text.IndexOf('@', StringComparison.Ordinal) is >= 0 and var hole)
                text = text[..hole] + $"((object?){Numbered(Expressions[random.Next(Expressions.Length)], _names++)})" + text[(hole + 1)..];

            return text.Replace("%", function.Return, StringComparison.Ordinal);
        }

        private Construct Next(Function inside)
        {
            while (true)
            {
                Construct construct = Constructs[random.Next(Constructs.Length)];
                if (Fits(construct, inside) && ((inside.Kind & Kind.NoJump) == Kind.Any || !construct.Text.Contains('%', StringComparison.Ordinal)))
                    return construct;
            }
        }

        private string Call(Function inside) => Fill(inside, Numbered(Calls[random.Next(Calls.Length)], _names++));
    }
}
