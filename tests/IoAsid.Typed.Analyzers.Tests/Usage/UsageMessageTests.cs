using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Usage;

/// <summary>The messages name the set, the member and the id, and say what to do.</summary>
public sealed class UsageMessageTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "_ = sva.Allocate(); sva.Allocate(data);",
        "The id that 'IoAsidSet.Allocate' allocates in 'sva' can be changed and freed only by its handle, and the handle is dropped; keep the handle")]
    [InlineData(
        "sva.Observe(_ => { });",
        "The result of 'IoAsidSet.Observe' is dropped and can never be disposed: the observer is notified of every event from now on; keep it, and dispose it when it is no longer needed")]
    [InlineData(
        "space.ReserveCapacity(2);",
        "The result of 'IoAsidSpace.ReserveCapacity' is dropped and can never be disposed: the numbers stay reserved until the space is disposed; keep it, and dispose it when it is no longer needed")]
    public Task Dropped_results(string statements, string message) => VerifyAsync<DroppedResultAnalyzer>(statements, message);

    [Theory]
    [InlineData(
        "if (sva.Reader.Contains(id)) Console.WriteLine(sva.Find(id));",
        "The answer of 'IoAsidReader.Contains' about 'id' in 'sva' may be out of date when 'IoAsidSet.Find' acts on it; take the id with 'TryHold', which checks and keeps it in one step")]
    public Task Checks_and_acts(string statements, string message) => VerifyAsync<CheckThenActAnalyzer>(statements, message);

    [Theory]
    [InlineData(
        "last = sva.Find(id).Data;",
        "The data that 'IoAsidSet.Find' found in 'sva' is stored in 'last', and nothing holds the id; take a reference with 'TryHold', and release it when the data is no longer needed")]
    [InlineData(
        "if (sva.TryFind(id, out SvaBinding? found)) Task.Run(() => found.Serve());",
        "The data that 'IoAsidSet.TryFind' found in 'sva' is captured as 'found' by a lambda that runs later, by 'Task.Run', and nothing holds the id; take a reference with 'TryHold', and release it when the data is no longer needed")]
    [InlineData(
        "SvaBinding? found = sva.Find(id).Data; await Task.Yield(); found?.Serve();",
        "The data that 'IoAsidSet.Find' found in 'sva' is read as 'found' after a wait, and nothing holds the id; take a reference with 'TryHold', and release it when the data is no longer needed")]
    public Task Unheld_data(string statements, string message) => VerifyAsync<UnheldDataAnalyzer>(statements, message);

    private static async Task VerifyAsync<TAnalyzer>(string statements, string message)
        where TAnalyzer : DiagnosticAnalyzer, new() => Assert.Equal(message, await Messages.OnlyAsync<TAnalyzer>(
        $$"""
        class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
        {
            SvaBinding? last;

            async Task M(RawIoAsid id, SvaBinding data)
            {
                {{statements}}
                await Task.CompletedTask;
            }

            object? Others => (space, last);
        }
        """,
        Cancellation));
}
