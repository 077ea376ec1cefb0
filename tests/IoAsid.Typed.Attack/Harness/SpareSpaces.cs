using System.Collections.Concurrent;

namespace IoAsid.Typed.Attack.Harness;

/// <summary>
/// A space in which custom allocators come and go, and sets and spaces that attackers close and dispose while others use them. Each move frees what it allocated.
/// </summary>
internal sealed class SpareSpaces : IDisposable
{
    private static readonly IoAsidSpaceOptions Small = new() { Capacity = 32 };

    private readonly IoAsidNumberAllocator[] _allocators;
    private IoAsidSpace _doomed = new(Small);
    private IoAsidSet<Apple> _closing;
    private readonly ConcurrentStack<IoAsidSpace> _disposed = new();

    public SpareSpaces()
    {
        var shared = new bool[Small.Capacity];
        _allocators = [Of(shared), Of(shared), Of(new bool[Small.Capacity])];
        WithAllocators.Faulted += (_, fault) => Fault = fault.ToString();
        Allocated = WithAllocators.CreateSet<Apple>("allocated");
        _closing = WithAllocators.CreateSet<Apple>("closing");
    }

    /// <summary>The space whose allocators change.</summary>
    public IoAsidSpace WithAllocators { get; } = new(Small);

    public IoAsidSet<Apple> Allocated { get; }

    /// <summary>The last fault that the space reported; null if there was none.</summary>
    public string? Fault { get; private set; }

    /// <summary>The spaces that attackers have disposed.</summary>
    public IEnumerable<IoAsidSpace> Disposed => _disposed;

    public void Register(Random random) => WithAllocators.RegisterAllocator(_allocators[random.Next(_allocators.Length)]);

    public void Unregister(Random random) => WithAllocators.UnregisterAllocator(_allocators[random.Next(_allocators.Length)]);

    /// <summary>Allocates and frees in the set whose space has custom allocators.</summary>
    public void UseAllocated() => Use(Allocated);

    public void UseClosing() => Use(Volatile.Read(ref _closing));

    public void Close(object owner)
    {
        Volatile.Read(ref _closing).Close();
        Volatile.Write(ref _closing, WithAllocators.CreateSet<Apple>("closing", owner));
    }

    public void UseDoomed() => Use(Volatile.Read(ref _doomed).CreateSet<Apple>("doomed"));

    public void DisposeDoomed()
    {
        IoAsidSpace doomed = Interlocked.Exchange(ref _doomed, new IoAsidSpace(Small));
        _disposed.Push(doomed);
        doomed.Dispose();
    }

    /// <summary>Unregisters the allocators, closes the set and disposes the space that are left.</summary>
    public void Release()
    {
        foreach (IoAsidNumberAllocator allocator in _allocators)
        {
            try
            {
                WithAllocators.UnregisterAllocator(allocator);
            }
            catch (ArgumentException)
            {
                // It was not registered.
            }
        }

        _closing.Close();
        DisposeDoomed();
    }

    public void Dispose()
    {
        WithAllocators.Dispose();
        _doomed.Dispose();
    }

    /// <summary>Creates an allocator from a table of numbers. The table needs no lock, because the SDK calls the allocators of one number space one after another.</summary>
    private static IoAsidNumberAllocator Of(bool[] taken) =>
        IoAsidNumberAllocator.Create((min, max) => Take(taken, min, max), number => taken[number] = false, taken);

    private static uint? Take(bool[] taken, uint min, uint max)
    {
        int free = Array.IndexOf(taken, false, (int)Math.Max(min, 1));
        if (free < 0 || free > max)
            return null;

        taken[free] = true;
        return (uint)free;
    }

    private static void Use(IoAsidSet<Apple> set)
    {
        if (set.TryAllocate(new Apple(set.Name), 1, 20, out IoAsidHandle<Apple> handle, out _))
            handle.Free();
    }
}
