using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>The data of <see cref="LifePage.Size"/> numbers of one root set, and the words of the same numbers.</summary>
/// <remarks>Data stands in the page itself: a lookup through the root is one load, and nothing is allocated per id.</remarks>
internal sealed class DataPage(LifePage lives)
{
    private static readonly object Several = new();

    private object? _users;
    private Slots _slots;

    public LifePage Lives { get; } = lives;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref object? Data(uint id) => ref _slots[(int)(id & (LifePage.Size - 1))];

    /// <summary>
    /// Whether no other set has ever had data in this page. Asked after data was read it tells that the data is the set's own: another set says that it comes
    /// before it brings data, and that is never taken back.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOnlyOf(IoAsidSet set) => Volatile.Read(ref _users) == set;

    /// <summary>Says that a set is about to have ids in this page. Call inside a section of the pool.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Admit(IoAsidSet set)
    {
        if (_users != set)
        {
            Volatile.Write(ref _users, _users is null ? set : Several);
        }
    }

    [InlineArray(LifePage.Size)]
    private struct Slots
    {
        private object? _first;
    }
}
