using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Analyzers.Tests.Drivers;

/// <summary>IOASID4002: a callback does not delay its caller.</summary>
public sealed class UnfitCallbackAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Statements of a driver.</summary>
    [Theory]
    // Getters.
    [InlineData("sva.Find(id, data => { {|IOASID4002:Thread.Sleep(1)|}; return true; });")]
    [InlineData("sva.Reader.Find(id, data => {|IOASID4002:semaphore.Wait(100)|});")]
    [InlineData("sva.Find(id, 1, (data, state) => {|IOASID4002:task.Result|} == state);")]
    [InlineData("sva.Find(id, getter: data => {|IOASID4002:task.GetAwaiter().GetResult()|} == 1);")]
    [InlineData("sva.Find(id, data => {|IOASID4002:task.ConfigureAwait(false).GetAwaiter().GetResult()|} == 1);")]
    [InlineData("UntypedLookup.Find(space, sva, id, data => {|IOASID4002:waitHandle.WaitOne()|});")]
    [InlineData("Predicate(data => { Thread.Sleep(1); return true; });")]
    // Observers.
    [InlineData("_ = sva.Observe(e => {|IOASID4002:handle.FreeAsync().Wait()|});")]
    [InlineData("_ = space.Observe(e => { lock (this) { {|IOASID4002:Monitor.Wait(this)|}; } });")]
    [InlineData("_ = space.ObserveOwner(this, e => {|IOASID4002:Task.WaitAll(task)|}, IoAsidObserverPriority.Cpu);")]
    [InlineData("_ = sva.Observe(delegate { {|IOASID4002:queue.Take()|}; });")]
    [InlineData("_ = sva.Observe({|IOASID4002:async e => await task|});")]
    [InlineData("_ = sva.Observe({|IOASID4002:LateAsync|});")]
    [InlineData("_ = sva.Observe({|IOASID4002:Slow|});")]
    [InlineData("_ = sva.Observe({|IOASID4002:Local|}); void Local(IoAsidEvent e) => Console.ReadLine();")]
    [InlineData("_ = sva.Observe(e => { if (e.Kind is IoAsidEventKind.Freed) {|IOASID4002:Thread.Sleep(1)|}; Thread.Sleep(2); });")]
    // Allocators.
    [InlineData("space.RegisterAllocator(IoAsidNumberAllocator.Create((min, max) => { {|IOASID4002:space.GetStatistics()|}; return min; }, n => { }));")]
    [InlineData("var own = IoAsidNumberAllocator.Create((min, max) => min, n => {|IOASID4002:_space.DescribePending()|}); _space.RegisterAllocator(own);")]
    [InlineData("space.RegisterAllocator(IoAsidNumberAllocator.Create((min, max) => min, {|IOASID4002:async n => await task|}));")]
    // No wait.
    [InlineData("sva.Find(id, data => semaphore.Wait(0));")]
    [InlineData("sva.Find(id, data => waitHandle.WaitOne(TimeSpan.Zero));")]
    [InlineData("sva.Find(id, data => task.IsCompleted && task.Result == 1);")]
    [InlineData("_ = sva.Observe(e => Task.Run(() => Thread.Sleep(1)));")]
    [InlineData("_ = sva.Observe(e => { void Later() => Thread.Sleep(1); ThreadPool.QueueUserWorkItem(_ => Later()); });")]
    [InlineData("_ = sva.Observe(e => Console.WriteLine(string.Join(\",\", e.Id)));")]
    [InlineData("_ = sva.Observe(Quick);")]
    // An allocator may wait, and may call another space.
    [InlineData("space.RegisterAllocator(IoAsidNumberAllocator.Create((min, max) => { Thread.Sleep(1); return min; }, n => { }));")]
    [InlineData("space.RegisterAllocator(IoAsidNumberAllocator.Create((min, max) => { _space.GetStatistics(); return min; }, n => { }));")]
    [InlineData("space.RegisterAllocator(IoAsidNumberAllocator.Create((min, max) => (uint)space.Capacity, n => { }));")]
    [InlineData("space.RegisterAllocator(IoAsidNumberAllocator.Create((min, max) => { Action later = () => space.GetStatistics(); return min; }, n => { }));")]
    // Not passed directly, or not to a member of the SDK.
    [InlineData("Action<IoAsidEvent> slow = e => Thread.Sleep(1); _ = sva.Observe(slow);")]
    [InlineData("new System.Collections.Generic.List<int>().Find(n => { Thread.Sleep(n); return true; });")]
    public Task Statements(string statements) => Verify($$"""
        using System.Threading;
        class Driver2(IoAsidSpace space)
        {
            readonly IoAsidSpace _space = space;

            void M(IoAsidSet<SvaBinding> sva, RawIoAsid id, IoAsidHandle<SvaBinding> handle, Task<int> task, SemaphoreSlim semaphore, EventWaitHandle waitHandle, System.Collections.Concurrent.BlockingCollection<int> queue)
            {
                {{statements}}
            }

            static void Slow(IoAsidEvent e) => Thread.Sleep(1);
            static async void LateAsync(IoAsidEvent e) => await Task.Yield();
            static void Quick(IoAsidEvent e) { }
            static void Predicate(Func<object, bool> getter) { }
        }
        """);

    [Fact]
    public Task Methods_named_by_the_option_wait_too() => new RuleTest<UnfitCallbackAnalyzer>("""
        class Mailbox { public void Post() { } public int Receive() => 0; public int Receive(int timeout) => timeout; }
        class Driver2
        {
            void M(IoAsidSet<SvaBinding> sva, Mailbox mailbox)
            {
                _ = sva.Observe(e => { mailbox.Post(); {|IOASID4002:mailbox.Receive()|}; });
                _ = sva.Observe(e => mailbox.Receive(0));
            }
        }
        """)
    {
        EditorConfig = "ioasid.blocking_methods = M:Mailbox.Receive",
    }.RunAsync(Cancellation);

    [Theory]
    [InlineData(
        "_ = sva.Observe(e => task.Wait());",
        "The observer given to 'IoAsidSet.Observe' calls 'Task.Wait', which waits; queue the work and return")]
    [InlineData(
        "sva.Find(default, data => { task.Wait(); return true; });",
        "The getter given to 'IoAsidSet.Find' calls 'Task.Wait', which waits; look at the data only, and wait after the lookup")]
    [InlineData(
        "_ = sva.Observe(async e => await task);",
        "The observer given to 'IoAsidSet.Observe' is async void: it returns at its first await, and an exception after that ends the process; queue the work and return")]
    [InlineData(
        "sva.Space.RegisterAllocator(IoAsidNumberAllocator.Create((min, max) => min, n => { })); var space = sva.Space; space.RegisterAllocator(IoAsidNumberAllocator.Create((min, max) => { space.GetStatistics(); return min; }, n => { }));",
        "The allocator given to 'IoAsidNumberAllocator.Create' calls 'IoAsidSpace.GetStatistics' of its own space; decide by the arguments and the allocator's own state")]
    public async Task Message(string statements, string message) => Assert.Equal(
        message,
        await Messages.OnlyAsync<UnfitCallbackAnalyzer>($"class Driver2 {{ void M(IoAsidSet<SvaBinding> sva, Task task) {{ {statements} }} }}", Cancellation));

    private static Task Verify(string code) => new RuleTest<UnfitCallbackAnalyzer>(code) { CompilerDiagnostics = CompilerDiagnostics.Errors }.RunAsync(Cancellation);
}
