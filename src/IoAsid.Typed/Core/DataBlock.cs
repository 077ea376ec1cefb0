using System.Runtime.CompilerServices;
using IoAsid.Typed.Sets;

namespace IoAsid.Typed.Core;

/// <summary>The data of consecutive numbers of one root set: a <see cref="DataPage"/>, or a small <see cref="DataChunk"/> where the root has few ids.</summary>
/// <remarks>
/// The pool's gate guards all fields but the data. A block that was removed from its table stays without data permanently. It is not used again, because a lookup may still read it.
/// </remarks>
internal abstract class DataBlock
{
    private const ulong OneChange = 2;

    // 0 before the first set uses the block, then the odd key of this set. From the second set on, an even count of the changes of owners.
    private ulong _use;

    /// <summary>The words of the same numbers. Set before the block can be seen.</summary>
    public LifePage Lives { get; private set; } = null!;

    /// <summary>The number of ids in the block that are not reclaimed, and of allocations in progress.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Gets a value indicating whether the block is listed for removal. A block without ids is listed until it is removed.</summary>
    public bool IsIdle { get; set; }

    /// <summary>The first number of the block.</summary>
    public uint FirstId { get; private set; }

    /// <summary>The table that has, or had, the block.</summary>
    public SetTreeData Table { get; private set; } = null!;

    /// <summary>The page to which the data was moved; null before, and for a page. Set before the first slot is moved.</summary>
    public DataPage? Successor { get; private set; }

    /// <summary>The block that has the data now: the page that took over, or this block.</summary>
    public DataBlock Current => Successor ?? this;

    /// <summary>
    /// The <see cref="IoAsidSet.BlockKey"/> of the only set that has ever had ids in this block; from the second set on, a count that grows before each change of an owner. If a lookup
    /// reads the same value before the data and after the owner, the data is that of the owner.
    /// </summary>
    public ulong Use => Volatile.Read(ref _use);

    /// <summary>Gets a value indicating whether several sets use the block. Also true before the first set uses it. Guarded by the pool's gate.</summary>
    private bool IsShared => (_use & 1) == 0;

    /// <summary>Prepares a new block, before another thread can see it.</summary>
    public void Prepare(SetTreeData table, uint firstId, LifePage lives)
    {
        Table = table;
        FirstId = firstId;
        Lives = lives;
    }

    /// <summary>Reads the data of a number of the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public object? Read(uint id) => this is DataPage page ? Volatile.Read(ref page.Data(id)) : Unsafe.As<DataChunk>(this).ReadSlot(id);

    /// <summary>Writes the data of a number of the block. The caller is the only writer of the number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint id, object? data)
    {
        if (this is DataPage page)
            Volatile.Write(ref page.Data(id), data);
        else
            Unsafe.As<DataChunk>(this).WriteSlot(id, data);
    }

    /// <summary>
    /// Returns true if no other set has ever had ids in this block. If the call follows a read of data, the result proves that the data is the set's own: another set is admitted
    /// before its first data is stored, and admission is permanent.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOnlyOf(IoAsidSet set) => Use == set.BlockKey;

    /// <summary>Returns true if a set was admitted to this block. Call inside a section of the pool.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Admits(IoAsidSet set, uint id) => _use == set.BlockKey || (IsShared && set.Pages.Contains(id >> LifePage.SizeLog2));

    /// <summary>Admits a set whose <see cref="IoAsidSet.Pages"/> has the page. Call inside a section of the pool, before the set's first id in this block is allocated.</summary>
    public void Admit(IoAsidSet set)
    {
        if (_use == 0)
            Volatile.Write(ref _use, set.BlockKey);
        else if (_use != set.BlockKey && !IsShared)
            Share();
    }

    /// <summary>Makes a set the owner of a number, before the number's word and data say so. Call inside the gate, for the <see cref="Current"/> block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetOwner(uint id, int setIndex)
    {
        if (Lives.OwnerIndexInGate(id) != setIndex || !HasOwner(id, setIndex))
            ChangeOwner(id, setIndex);
    }

    /// <summary>Counts an id, or an allocation in progress. The block stays in its table until the release. Call inside a section of the pool, with a block from the table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Retain() => Outstanding++;

    /// <summary>Takes back a count. Cannot throw. Call inside a section of the pool.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release()
    {
        DataBlock counted = Current;
        if (--counted.Outstanding == 0 && !counted.IsIdle)
            counted.BecomeIdle();
    }

    /// <summary>
    /// Waits until the data of a life that was freed is removed. A free marks the word first and clears the data next. A caller that knows of the
    /// free must not find the data afterwards.
    /// </summary>
    public void WaitUntilCleared(Life life)
    {
        Backoff backoff = new();
        while (IsPending(life) && Read(life.Id) is not null)
            backoff.Wait();
    }

    /// <summary>Hands the use and the count over to the page, before the first slot is moved. From then on <see cref="IsOnlyOf"/> returns false for each set.</summary>
    protected void HandOver(DataPage page)
    {
        Successor = page;
        page.Outstanding += Outstanding;
        if (page._use == 0 && !IsShared)
            page._use = _use;
        else if (page._use != _use && page._use != OneChange)
            page.Share();

        Outstanding = 0;
        Volatile.Write(ref _use, OneChange);
    }

    /// <summary>Returns true if the block keeps no owners, or has the set with an index as the owner of a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool HasOwner(uint id, int setIndex) => !IsShared || this is not DataPage page || page.Owner(id) == DataPage.OwnerOf(setIndex);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ChangeOwner(uint id, int setIndex)
    {
        Lives.SetOwner(id, setIndex);
        if (IsShared && this is DataPage page)
        {
            Volatile.Write(ref _use, _use + OneChange);
            Volatile.Write(ref page.Owner(id), DataPage.OwnerOf(setIndex));
        }
    }

    /// <summary>Begins to keep the owners in the block, because a second set is about to use it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Share()
    {
        // A fence, because the copies are plain stores.
        Interlocked.Exchange(ref _use, OneChange);
        (this as DataPage)?.CopyOwners();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BecomeIdle() => Lives.Space.Blocks.AddIdle(this);

    private bool IsPending(Life life)
    {
        LifeWord word = LifeWord.Read(ref Lives.Word(life.Id));
        return word.Generation == life.Generation && word.IsPending;
    }
}
