using System.Collections.Concurrent;

namespace IoAsid.Typed.Concurrency.Tests.Linearizability;

/// <summary>Two ids, of a root and of a subset, and the answer of each operation under the key of its step.</summary>
/// <remarks>
/// No step allocates. An allocation takes its number a moment before its id is visible, so another thread can see a taken number without an id.
/// That is by design, and no sequential order of allocations explains it. The explorations and hammers cover allocations.
/// </remarks>
internal sealed class Shared
{
    private readonly ConcurrentDictionary<int, string> _answers = new();
    private readonly ConcurrentBag<IoAsidReference> _held = [];
    private readonly IoAsidSet<string>[] _sets;

    public Shared()
    {
        // Not disposed: the space is compared after the operations, and holds nothing but memory.
#pragma warning disable CA2000
        IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 3 });
#pragma warning restore CA2000
        IoAsidSet<string> root = space.CreateSet<string>("root");
        _sets = [root, root.CreateSubset<string>("subset")];
        Array.ForEach(_sets, set => set.Allocate(set.Name));
    }

    public void Find(Step step) => Answer(step, $"{_sets[step.Set].Find(step.Id)}");

    /// <summary>Takes a reference and keeps it, so that the answers contain its effect on a later free.</summary>
    public void Hold(Step step)
    {
        bool held = _sets[step.Set].TryHold(step.Id, out IoAsidReference<string>? reference);
        Answer(step, reference?.Data ?? "none");
        if (held)
            _held.Add(reference!);
    }

    public void Free(Step step)
    {
        IoAsidFreeResult result = _sets[step.Set].TryGetHandle(step.Id, out IoAsidHandle<string> handle) ? handle.Free() : IoAsidFreeResult.AlreadyFreed;
        Answer(step, $"{result}");
    }

    public void SetData(Step step) => Change(step, handle => handle.SetData($"{step.Key}"));

    public void ClearData(Step step) => Change(step, handle => handle.ClearData());

    private void Change(Step step, Action<IoAsidHandle<string>> change)
    {
        try
        {
            bool found = _sets[step.Set].TryGetHandle(step.Id, out IoAsidHandle<string> handle);
            if (found)
                change(handle);

            Answer(step, $"{found}");
        }
        catch (StaleIoAsidException)
        {
            // The id was freed after the handle was found. The answer is that of an id that was not found.
            Answer(step, $"{false}");
        }
    }

    public override string ToString() => string.Join(", ", _answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Key}: {answer.Value}").Concat(State()));

    private IEnumerable<string> State() =>
        from number in Enumerable.Range(1, 2)
        from set in _sets
        select $"{number} through {set.Name}: {set.Find(new RawIoAsid((uint)number))}";

    private void Answer(Step step, string answer) => _answers[step.Key] = answer;
}
