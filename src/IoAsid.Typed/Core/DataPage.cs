using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>The data of <see cref="LifePage.Size"/> numbers of one root set, and the words of the same numbers.</summary>
/// <remarks>The page has the data itself: a lookup through the root is one load, and an id needs no object of its own.</remarks>
internal sealed class DataPage
{
    private static readonly object Several = new();

    private object? _users;
    private Slots _slots;

    /// <summary>The words of the same numbers. Set before the page can be seen.</summary>
    public LifePage Lives { get; set; } = null!;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref object? Data(uint id) => ref Unsafe.Add(ref Unsafe.As<Slots, object?>(ref _slots), id & (LifePage.Size - 1));

    /// <summary>
    /// Returns true if no other set has ever had ids in this page. If the call follows a read of data, the result proves that the data is the set's own: another set is admitted
    /// before its first data is stored, and admission is permanent.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOnlyOf(IoAsidSet set) => Volatile.Read(ref _users) == set.PageKey;

    /// <summary>Returns true if a set was admitted to this page. Call inside a section of the pool.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Admits(IoAsidSet set, uint id) => _users == set.PageKey || (_users == Several && set.Pages.Contains(id >> LifePage.SizeLog2));

    /// <summary>Admits a set, before its first id in this page is allocated. Call inside a section of the pool.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    public void Admit(IoAsidSet set, uint id)
    {
        if (!Admits(set, id))
        {
            set.Pages.Add(id >> LifePage.SizeLog2);
            Volatile.Write(ref _users, _users is null ? set.PageKey : Several);
        }
    }

    /// <summary>
    /// Waits until the data of a life that was freed is removed. A free marks the word first and clears the data next. A caller that knows of the
    /// free must not find the data afterwards.
    /// </summary>
    public void WaitUntilCleared(Life life)
    {
        Backoff backoff = new();
        while (IsPending(life) && Volatile.Read(ref Data(life.Id)) is not null)
            backoff.Wait();
    }

    private bool IsPending(Life life)
    {
        LifeWord word = LifeWord.Read(ref Lives.Word(life.Id));
        return word.Generation == life.Generation && word.IsPending;
    }

    [InlineArray(LifePage.Size)]
    private struct Slots
    {
        private object? _first;
    }
}
