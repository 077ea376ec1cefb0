using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Usage;

/// <summary>IOASID2006 and IOASID2009: a result is reported if it is lost, and not if the code uses or discards it.</summary>
public sealed class DroppedResultAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    // Dropped.
    [InlineData("sva.{|IOASID2006:Allocate|}();")]
    [InlineData("sva.{|IOASID2006:Allocate|}(data);")]
    [InlineData("sva.{|IOASID2006:Allocate|}(data, 1, 9);")]
    [InlineData("sva.{|IOASID2006:Allocate|}(max: 9, min: 1, data: null);")]
    [InlineData("sva?.{|IOASID2006:Allocate|}(data);")]
    [InlineData("space.CreateSet<SvaBinding>(\"other\").{|IOASID2006:Allocate|}(data);")]
    [InlineData("if (data is null) sva.{|IOASID2006:Allocate|}(); else sva.{|IOASID2006:Allocate|}(data);")]
    [InlineData("for (int i = 0; i < 9; i++) sva.{|IOASID2006:Allocate|}(data);")]
    [InlineData("for (int i = 0; i < 9; sva.{|IOASID2006:Allocate|}(data)) i++;")]
    [InlineData("foreach (var set in new[] { sva }) set.{|IOASID2006:Allocate|}(data);")]
    [InlineData("checked { sva.{|IOASID2006:Allocate|}(data); }")]
    [InlineData("switch (data) { case null: sva.{|IOASID2006:Allocate|}(); break; }")]
    [InlineData("try { } finally { sva.{|IOASID2006:Allocate|}(data); }")]
    [InlineData("Action a = () => sva.{|IOASID2006:Allocate|}(data);")]
    [InlineData("Action a = delegate { sva.{|IOASID2006:Allocate|}(data); };")]
    [InlineData("Local(); void Local() => sva.{|IOASID2006:Allocate|}(data);")]
    [InlineData("sva.{|IOASID2009:Observe|}(_ => { });")]
    [InlineData("sva?.{|IOASID2009:Observe|}(_ => { }, IoAsidObserverPriority.Iommu);")]
    [InlineData("((IoAsidSet)sva).{|IOASID2009:Observe|}(_ => { });")]
    [InlineData("space.{|IOASID2009:Observe|}(_ => { });")]
    [InlineData("space.{|IOASID2009:ObserveOwner|}(this, _ => { });")]
    [InlineData("space.{|IOASID2009:ReserveCapacity|}(7);")]
    // Kept, passed on, or discarded on purpose.
    [InlineData("_ = sva.Allocate(data);")]
    [InlineData("_ = space.ReserveCapacity(7);")]
    [InlineData("var handle = sva.Allocate(data);")]
    [InlineData("IoAsidHandle<SvaBinding> handle; handle = sva.Allocate(data);")]
    [InlineData("sva.Allocate(data).Free();")]
    [InlineData("_ = sva.Allocate(data).Id;")]
    [InlineData("handles.Add(sva.Allocate(data));")]
    [InlineData("Keep(sva.Allocate(data)); static void Keep(in IoAsidHandle<SvaBinding> handle) { }")]
    [InlineData("(var a, _) = (sva.Allocate(data), sva.Allocate(data));")]
    [InlineData("Func<IoAsidHandle<SvaBinding>> f = () => sva.Allocate(data);")]
    [InlineData("Func<IoAsidHandle<SvaBinding>> f = sva.Allocate;")]
    [InlineData("sva.TryAllocate(data, out _, out _);")]
    [InlineData("using (space.ReserveCapacity(7)) { }")]
    [InlineData("using var registration = sva.Observe(_ => { });")]
    [InlineData("sva.Observe(_ => { }).Dispose();")]
    [InlineData("((dynamic)sva).Allocate(data);")]
    [InlineData("System.Linq.Expressions.Expression<Func<IoAsidHandle<SvaBinding>>> e = () => sva.Allocate(data);")]
    [InlineData("_ = nameof(sva.Allocate);")]
    public Task Statement(string statements) => Verify($$"""
        class Pool(IoAsidSpace space, IoAsidSet<SvaBinding> sva, System.Collections.Generic.List<IoAsidHandle<SvaBinding>> handles)
        {
            void M(SvaBinding data)
            {
                {{statements}}
            }

            object Others => (space, handles);
        }
        """);

    [Fact]
    public Task Members_of_every_kind() => Verify("""
        record Pool(IoAsidSet<SvaBinding> Sva, IoAsidSpace Space)
        {
            void Method() => Sva.{|IOASID2006:Allocate|}();

            IoAsidHandle<SvaBinding> Kept() => Sva.Allocate();

            int Property { get => 1; set => Sva.{|IOASID2006:Allocate|}(); }

            event Action Event { add => Space.{|IOASID2009:Observe|}(_ => value()); remove { } }

            async Task Later() { await Task.Yield(); Sva.{|IOASID2006:Allocate|}(); }

            System.Collections.Generic.IEnumerable<int> Iterator() { Sva.{|IOASID2006:Allocate|}(); yield return 1; }

            ~Pool() => Space.{|IOASID2009:ReserveCapacity|}(1);
        }

        class Generic<T, TSet>(IoAsidSet<T> set) where T : class
        {
            readonly IoAsidHandle<T> handle = set.Allocate();

            void M(T data) => set.{|IOASID2006:Allocate|}(data);

            object Other => handle;
        }

        class NotOurs
        {
            int Allocate() => 1;

            int Observe() => 1;

            void M() { Allocate(); Observe(); this.Allocate(); }
        }

        #nullable disable
        class Oblivious(IoAsidSet<SvaBinding> sva)
        {
            void M() { sva.{|IOASID2006:Allocate|}(null); }
        }
        """);

    [Fact]
    public Task Top_level_statements_and_aliases() => new RuleTest<DroppedResultAnalyzer>("""
        using Pasids = IoAsid.Typed.IoAsidSet<Driver.SvaBinding>;
        using IoAsid.Typed;

        IoAsidSpace space = new();
        Pasids sva = space.CreateSet<Driver.SvaBinding>("sva");
        sva.{|IOASID2006:Allocate|}(null);
        space.{|IOASID2009:ReserveCapacity|}(2);
        """)
    {
        TestState = { OutputKind = OutputKind.ConsoleApplication },
    }.RunAsync(Cancellation);

    private static Task Verify(string code) => new RuleTest<DroppedResultAnalyzer>(code).RunAsync(Cancellation);
}
