using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Usage;

/// <summary>IOASID2004: found data that outlives the moment of its lookup, with nothing that holds its id.</summary>
public sealed class UnheldDataAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    // Each way to find the data.
    [InlineData("field = sva.{|IOASID2004:Find|}(id).Data;")]
    [InlineData("this.field = sva.{|IOASID2004:Find|}(id).Data!;")]
    [InlineData("field = reader.{|IOASID2004:Find|}(id).Data;")]
    [InlineData("field = sva.Reader.{|IOASID2004:Find|}(id).Data;")]
    [InlineData("field ??= sva.{|IOASID2004:Find|}(id).Data;")]
    [InlineData("field = sva.{|IOASID2004:Find|}(id).Data as GuestSvaBinding;")]
    [InlineData("guest = sva.{|IOASID2004:Find|}(id).Data as GuestSvaBinding;")]
    [InlineData("var data = sva.{|IOASID2004:Find|}(id).Data; field = data;")]
    [InlineData("SvaBinding? data; data = sva.{|IOASID2004:Find|}(id).Data; if (data is null) return; field = data;")]
    [InlineData("SvaBinding? data = null; if (id.Value > 0) data = sva.{|IOASID2004:Find|}(id).Data; field = data;")]
    [InlineData("if (sva.{|IOASID2004:TryFind|}(id, out SvaBinding? data)) field = data;")]
    [InlineData("SvaBinding? data; if (sva.{|IOASID2004:TryFind|}(id, out data)) field = data;")]
    [InlineData("if (sva.{|IOASID2004:Find|}(id).Data is { } data) field = data;")]
    [InlineData("if (sva.{|IOASID2004:Find|}(id).Data is GuestSvaBinding data) field = data;")]
    [InlineData("if (sva.{|IOASID2004:Find|}(id).Data is not GuestSvaBinding data) return; guest = data;")]
    [InlineData("if (sva.{|IOASID2004:Find|}(id) is { Data: { } data }) field = data;")]
    [InlineData("if (sva.{|IOASID2004:Find|}(id) is { IsFound: true, Data: GuestSvaBinding data }) field = data;")]
    [InlineData("var lookup = sva.{|IOASID2004:Find|}(id); if (lookup.IsFound) field = lookup.Data;")]
    [InlineData("switch (sva.{|IOASID2004:Find|}(id).Data) { case GuestSvaBinding data: field = data; break; }")]
    [InlineData("_ = sva.{|IOASID2004:Find|}(id).Data switch { GuestSvaBinding data => field = data, _ => null };")]
    [InlineData("var data = sva.{|IOASID2004:Find|}(id).Data; var alias = data; field = alias;")]
    [InlineData("field = sva.{|IOASID2004:Find|}(id).Data ?? other;")]
    [InlineData("field = id.Value > 0 ? sva.{|IOASID2004:Find|}(id).Data : null;")]
    [InlineData("late = sva.{|IOASID2004:Find|}(id).Data;")]
    [InlineData("(field, users) = (sva.{|IOASID2004:Find|}(id).Data, 1);")]
    // Each place that stores it.
    [InlineData("Shared = sva.{|IOASID2004:Find|}(id).Data;")]
    [InlineData("Property = sva.{|IOASID2004:Find|}(id).Data;")]
    [InlineData("job.Binding = sva.{|IOASID2004:Find|}(id).Data;")]
    [InlineData("inner.job.Binding = sva.{|IOASID2004:Find|}(id).Data;")]
    [InlineData("map[id] = sva.{|IOASID2004:Find|}(id).Data;")]
    [InlineData("lookups[id] = sva.{|IOASID2004:Find|}(id);")]
    // Not stored, or only in an object of the method.
    [InlineData("var here = new Job(); here.Binding = sva.Find(id).Data;")]
    [InlineData("var here = new Job { Binding = sva.Find(id).Data };")]
    [InlineData("new Job().Binding = sva.Find(id).Data;")]
    [InlineData("users = sva.Find(id).Data?.Users ?? 0;")]
    [InlineData("weak = new WeakReference<SvaBinding?>(sva.Find(id).Data);")]
    [InlineData("var data = sva.Find(id).Data; data?.Serve();")]
    [InlineData("sva.Find(id).Data?.Serve(); Take(sva.Find(id).Data);")]
    // Data with a getter, or not only found data.
    [InlineData("field = sva.Find(id, data => data.TryGet()).Data;")]
    [InlineData("field = sva.Find(id, 1, (data, count) => data.TryGet()).Data;")]
    [InlineData("var data = sva.Find(id).Data; data = other; field = data;")]
    [InlineData("var data = sva.Find(id).Data; data = other; var alias = data; var last = alias; field = last;")]
    [InlineData("var data = other; field = data;")]
    [InlineData("ref SvaBinding? data = ref field; data = sva.Find(id).Data;")]
    // The code keeps a hold, handle or binding.
    [InlineData("if (sva.TryHold(id, out var reference)) { field = sva.Find(id).Data; references.Add(reference); }")]
    [InlineData("using var hold = sva.Hold(id); field = sva.Find(id).Data;")]
    [InlineData("if (sva.TryGetHandle(id, out var handle)) field = sva.Find(handle.Id).Data;")]
    [InlineData("var binding = bindings[0]; field = sva.Find(binding.Id).Data;")]
    [InlineData("var process = processes[0]; field = sva.Find(process.Id).Data;")]
    [InlineData("field = ((dynamic)sva).Find(id).Data;")]
    public Task Stored(string statements) => Verify($$"""
        #pragma warning disable CS8600, CS8601, CS0219
        class Job { public SvaBinding? Binding; }

        class Inner { public Job job = new(); }

        class Process(IoAsidHandle<SvaBinding> handle) { IoAsidHandle<SvaBinding> Handle { get; } = handle; public RawIoAsid Id => Handle.Id; }

        class Handler
        {
            static SvaBinding? Shared;
            SvaBinding? field;
            GuestSvaBinding? guest;
            dynamic? late;
            Inner inner = new();
            int users;
            WeakReference<SvaBinding?>? weak;

            SvaBinding? Property { get; set; }

            void M(IoAsidSet<SvaBinding> sva, IoAsidReader<SvaBinding> reader, RawIoAsid id, SvaBinding other, Job job,
                System.Collections.Generic.Dictionary<RawIoAsid, SvaBinding?> map, System.Collections.Generic.Dictionary<RawIoAsid, IoAsidLookup<SvaBinding>> lookups)
            {
                System.Collections.Generic.List<object> references = new(), unused = new();
                {{Kept(statements)}}
                {{statements}}
            }

            static void Take(SvaBinding? data) { }

            object?[] All => [Shared, field, guest, late, inner, users, weak, Property];
        }
        """);

    /// <summary>Declares a collection that keeps ids only for the tests of such collections, because it would suppress the other reports.</summary>
    private static string Kept(string statements) =>
        (statements.Contains("bindings[", StringComparison.Ordinal) ? "System.Collections.Generic.List<IoAsidBinding> bindings = new();" : "")
        + (statements.Contains("processes[", StringComparison.Ordinal) ? "System.Collections.Generic.List<Process> processes = new();" : "");

    [Theory]
    [InlineData("Task.Run(() => data.Serve());")]
    [InlineData("await Task.Run(() => data.Serve());")]
    [InlineData("_ = Task.Factory.StartNew(() => data.Serve());")]
    [InlineData("_ = Task.CompletedTask.ContinueWith(_ => data.Serve());")]
    [InlineData("System.Threading.ThreadPool.QueueUserWorkItem(_ => data.Serve());")]
    [InlineData("new System.Threading.Thread(() => data.Serve()).Start();")]
    [InlineData("using var timer = new System.Threading.Timer(_ => data.Serve());")]
    [InlineData("action = () => data.Serve();")]
    [InlineData("action = id.Value > 0 ? () => data.Serve() : null;")]
    [InlineData("Happened += delegate { data.Serve(); };")]
    [InlineData("Task.Run(() => { Action inner = () => data.Serve(); inner(); });")]
    [InlineData("Task.Run(() => { data.Serve(); data.TryGet(); });")]
    // By a name, in a tuple, and as a local function.
    [InlineData("Action later = () => data.Serve(); action = later;")]
    [InlineData("Action? later; later = () => data.Serve(); action = later ?? action;")]
    [InlineData("Action later = () => data.Serve(); Happened += later;")]
    [InlineData("Action later = () => data.Serve(); Task.Run(later);")]
    [InlineData("(action, int n) = (() => data.Serve(), 1); _ = n;")]
    [InlineData("action = Local; void Local() => data.Serve();")]
    [InlineData("Task.Run(Local); void Local() => data.Serve();")]
    public Task Captured_by_a_lambda_that_escapes(string statements) => Capture("{|IOASID2004:TryFind|}", statements);

    [Theory]
    [InlineData("Action action = () => data.Serve(); action();")]
    [InlineData("Array.ForEach(new[] { 1 }, _ => data.Serve());")]
    [InlineData("Local(); void Local() => data.Serve();")]
    [InlineData("Action later = () => data.Serve(); later = () => { }; later();")]
    [InlineData("var all = new { Later = (Action)(() => data.Serve()) }; all.Later();")]
    [InlineData("System.Linq.Expressions.Expression<Func<bool>> e = () => data.TryGet();")]
    [InlineData("Task.Run(() => { var own = sva.Find(id).Data; own?.Serve(); });")]
    [InlineData("Task.Run(() => sva.Find(id).Data?.Serve());")]
    public Task Captured_by_a_lambda_that_does_not_escape_as_far_as_can_be_seen(string statements) => Capture("TryFind", statements);

    [Theory]
    [InlineData("await Task.Yield(); data.Serve();")]
    [InlineData("await Task.Yield(); data.Serve(); data.Serve();")]
    [InlineData("await Task.Yield(); Take(data);")]
    [InlineData("await Task.Yield(); var alias = data; alias.Serve();")]
    [InlineData("Take(await Number(), data);")]
    [InlineData("if (id.Value > 0) await Task.Yield(); data.Serve();")]
    [InlineData("while (data.TryGet()) await Task.Yield();")]
    [InlineData("do { data.Serve(); await Task.Yield(); } while (id.Value > 0);")]
    [InlineData("await foreach (var item in Items()) data.Serve();")]
    [InlineData("await using (new Stream()) { } data.Serve();")]
    [InlineData("try { await Task.Yield(); } finally { data.Serve(); }")]
    [InlineData("try { await Task.Yield(); } catch (Exception) { data.Serve(); }")]
    [InlineData("try { await Task.Yield(); } finally { } data.Serve();")]
    [InlineData("try { } finally { await Task.Yield(); } data.Serve();")]
    [InlineData("await Task.Yield(); if (data is GuestSvaBinding) return; data.Serve();")]
    [InlineData("await Task.Yield(); _ = data switch { GuestSvaBinding guest => 1, _ => 2 };")]
    public Task Read_after_a_wait(string statements) => Await("{|IOASID2004:TryFind|}", statements);

    [Theory]
    [InlineData("data.Serve(); await Task.Yield();")]
    [InlineData("Take(data.Users, await Number());")]
    [InlineData("await Number(data.Users);")]
    [InlineData("if (id.Value > 0) { await Task.Yield(); return; } data.Serve();")]
    [InlineData("await Task.Yield(); data = sva.Find(id).Data; data?.Serve();")]
    [InlineData("await Task.Yield(); if (!sva.TryFind(id, out data)) return; data.Serve();")]
    [InlineData("await Task.Yield(); data = null; Take(data);")]
    [InlineData("int users = data.Users; await Task.Yield(); Take(users);")]
    [InlineData("await Task.Yield(); _ = data is null; _ = data == null; _ = data is not null;")]
    [InlineData("Func<Task> later = async () => { await Task.Yield(); }; data.Serve(); await later();")]
    [InlineData("if (!sva.TryHold(id, out var reference)) return; await Task.Yield(); data.Serve(); reference.Dispose();")]
    public Task Not_read_after_a_wait(string statements) => Await("TryFind", statements);

    [Fact]
    public Task Members_of_every_kind() => Verify("""
        class FromConstructor
        {
            readonly SvaBinding? binding;

            public FromConstructor(IoAsidReader<SvaBinding> sva, RawIoAsid id) => binding = sva.{|IOASID2004:Find|}(id).Data;

            object? Other => binding;
        }

        class Initialized(IoAsidReader<SvaBinding> sva, RawIoAsid id)
        {
            readonly SvaBinding? binding = sva.{|IOASID2004:Find|}(id).Data;

            SvaBinding? Property { get; } = sva.{|IOASID2004:Find|}(id).Data;

            object? Other => binding;
        }

        record Record(IoAsidReader<SvaBinding> Sva)
        {
            public SvaBinding? Last { get; set; }

            public RawIoAsid Id { set => Last = Sva.{|IOASID2004:Find|}(value).Data; }
        }

        class Generic<T>(IoAsidReader<T> set) where T : class
        {
            T? last;

            async Task<T?> M(RawIoAsid id)
            {
                T? found = set.{|IOASID2004:Find|}(id).Data;
                await Task.Yield();
                last = found;
                return last;
            }

            Func<T?> Later(RawIoAsid id) { var found = set.{|IOASID2004:Find|}(id).Data; return () => found; }
        }

        class Iterators(IoAsidReader<SvaBinding> sva)
        {
            System.Collections.Generic.IEnumerable<int> Users(RawIoAsid id)
            {
                if (!sva.{|IOASID2004:TryFind|}(id, out var data)) yield break;
                yield return data.Users;
                yield return data.Users;
            }
        }

        class LambdasAndLocalFunctions(IoAsidReader<SvaBinding> sva)
        {
            void M()
            {
                Func<RawIoAsid, Task> lambda = async id => { var data = sva.{|IOASID2004:Find|}(id).Data; await Task.Yield(); data?.Serve(); };
                async Task Local(RawIoAsid id) { var data = sva.{|IOASID2004:Find|}(id).Data; await Task.Yield(); data?.Serve(); }
                Local(default).Wait();
                lambda(default).Wait();
            }
        }

        // An object with handles keeps ids. The code does not show which ids.
        class Owner(IoAsidSet<SvaBinding> sva)
        {
            readonly System.Collections.Generic.Dictionary<RawIoAsid, IoAsidHandle<SvaBinding>> handles = new();
            SvaBinding? last;

            void M(RawIoAsid id) => last = sva.Find(id).Data;

            object? Other => (handles, last);
        }

        class Parameters(IoAsidSet<SvaBinding> sva)
        {
            SvaBinding? last;

            void M(IoAsidReference mine) => last = sva.Find(mine.Id).Data;

            object? Other => last;
        }

        ref struct OnStack(IoAsidReader<SvaBinding> sva)
        {
            SvaBinding? data;

            void M(RawIoAsid id) => data = sva.Find(id).Data;

            object? Other => data;
        }

        #nullable disable
        class Oblivious(IoAsidSet<SvaBinding> sva)
        {
            SvaBinding last;

            async Task M(RawIoAsid id)
            {
                SvaBinding data = sva.{|IOASID2004:Find|}(id).Data;
                await Task.Yield();
                data.Serve();
                last = sva.Find(id, d => true).Data;
            }

            object Other => last;
        }
        """);

    [Fact]
    public Task Top_level_statements() => new RuleTest<UnheldDataAnalyzer>("""
        using IoAsid.Typed;
        using Found = Driver.SvaBinding;

        IoAsidSet<Found> sva = new IoAsidSpace().CreateSet<Found>("sva");
        Found? data = sva.{|IOASID2004:Find|}(new RawIoAsid(7)).Data;
        await System.Threading.Tasks.Task.Yield();
        data?.Serve();
        """)
    {
        TestState = { OutputKind = OutputKind.ConsoleApplication },
    }.RunAsync(Cancellation);

    private static Task Capture(string lookup, string statements) => Verify($$"""
        class Handler(IoAsidSet<SvaBinding> sva)
        {
            Action? action;

            event Action? Happened;

            async Task M(RawIoAsid id)
            {
                if (!sva.{{lookup}}(id, out var data)) return;
                {{statements}}
                Happened?.Invoke();
                Action? last = action;
                if (id.Value == 7) await Task.Yield();
            }
        }
        """);

    private static Task Await(string lookup, string statements) => Verify($$"""
        class Stream : IAsyncDisposable { public async ValueTask DisposeAsync() => await Task.Yield(); }

        class Handler(IoAsidSet<SvaBinding> sva)
        {
            async Task M(RawIoAsid id)
            {
                SvaBinding? data;
                if (!sva.{{lookup}}(id, out data)) return;
                {{statements}}
                if (id.Value == 7) await Task.CompletedTask;
            }

            static async Task<int> Number(int number = 0) { await Task.Yield(); return number; }

            static async System.Collections.Generic.IAsyncEnumerable<int> Items() { await Task.Yield(); yield return 1; }

            static void Take(params object?[] all) { }
        }
        """);

    private static Task Verify(string code) => new RuleTest<UnheldDataAnalyzer>(code).RunAsync(Cancellation);
}
