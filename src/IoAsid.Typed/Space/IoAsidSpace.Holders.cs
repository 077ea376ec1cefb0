using IoAsid.Typed.Core;

namespace IoAsid.Typed;

/// <content>Who holds what.</content>
public sealed partial class IoAsidSpace
{
    /// <summary>
    /// The ids of the space that are freed and not reclaimed, in ascending order of number within each tree, with their count of references and, in a space made
    /// with <see cref="IoAsidSpaceOptions.TrackHolders"/>, who took each. Out of date as soon as it returns.
    /// </summary>
    /// <returns>One entry per pending id.</returns>
    public IReadOnlyList<IoAsidPendingId> DescribePending() => [.. Roots().SelectMany(root => root.Pending())];

    internal IoAsidHolder Track(LifePage lives, uint id, IoAsidHolderKind kind, object? device)
    {
        var holder = new IoAsidHolder(kind, device);
        ref ulong word = ref lives.Word(id);
        Records.Attach(id, LifeWord.Read(ref word).Generation, ref word)!.AddHolder(holder);
        return holder;
    }

    internal void Untrack(LifePage lives, uint id, IoAsidHolder holder) =>
        Records.Find(id, LifeWord.Read(ref lives.Word(id)).Generation)?.RemoveHolder(holder);
}
