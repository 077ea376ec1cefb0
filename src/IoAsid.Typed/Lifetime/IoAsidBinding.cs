using System.Diagnostics;
using IoAsid.Typed.Core;

namespace IoAsid.Typed;

/// <summary>
/// A counted hold on behalf of hardware, which may use the id until its requests are drained. It ends only by <see cref="Complete"/> with the receipt of a drain.
/// </summary>
/// <remarks>
/// Safe to use from any thread. An abandoned binding keeps its id pending permanently: a number whose requests may still be in flight is not used again.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class IoAsidBinding
{
    private readonly LifePage _lives;
    private readonly LifeRecord _record;
    private readonly IoAsidSet _set;
    private readonly IoAsidHolder? _holder;
    private int _completed;

    private IoAsidBinding(LifePage lives, LifeRecord record, IoAsidSet set, object? device)
    {
        _lives = lives;
        _record = record;
        _set = set;
        Device = device;
        _holder = lives.IsTracked ? new IoAsidHolder(IoAsidHolderKind.Binding, device) : null;
    }

    /// <summary>The number that the hardware uses.</summary>
    public RawIoAsid Id => _record.Id;

    /// <summary>The generation, which grows from one life of the number to the next.</summary>
    public uint Generation => _record.Generation;

    /// <summary>The device, if the call of <see cref="IoAsidHandle{TData}.Bind"/> named one.</summary>
    public object? Device { get; }

    /// <summary>Gets a value indicating whether the binding has ended.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed) != 0;

    /// <summary>
    /// Ends the binding. Further calls do nothing. The end of the last reference to a freed id reclaims the number.
    /// </summary>
    /// <param name="receipt">The receipt of this binding's drain, made by <see cref="IoAsidDrain.Certify"/>.</param>
    /// <exception cref="ArgumentException">The receipt is for another binding. Nothing changed.</exception>
    public void Complete(DrainReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        if (receipt.Binding != this)
        {
            throw new ArgumentException(
                $"The receipt is for the drain of {receipt.Binding}, not of {this}. Drain this binding and complete it with what the drain returns.",
                nameof(receipt));
        }

        if (Interlocked.Exchange(ref _completed, 1) == 0)
            End();
    }

    /// <summary>Returns the number, its generation and the device.</summary>
    public override string ToString() =>
        $"binding of {Id} (generation {Generation}){(Device is null ? "" : $" to {Device}")}{(IsCompleted ? ", completed" : "")}";

    /// <summary>Binds a life. Every step that can fail comes before the first change.</summary>
    internal static IoAsidBinding Begin(IoAsidSet set, Life life, object? device)
    {
        IoAsidBinding made;
        bool notifies;
        using (WriteTurn turn = new(set, life, flags: 0))
        {
            LifeRecord record = turn.Record();
            FaultPoint.Allocation();
            made = new IoAsidBinding(turn.Block.Lives, record, set, device);
            set.Space.Observers.PrepareIfObserved(set);
            record.ReserveBinding();
            made.Track();
            notifies = made.Count(turn);
        }

        if (notifies)
            set.Space.Notifier.Notify(made._record);

        return made;
    }

    private void Track()
    {
        if (_holder is not null)
            _record.AddHolder(_holder);
    }

    private void Untrack()
    {
        if (_holder is not null)
            _record.RemoveHolder(_holder);
    }

    private bool Count(WriteTurn turn)
    {
        try
        {
            turn.AddReference();
        }
        catch
        {
            Untrack();
            throw;
        }

        return _record.Bind(_set);
    }

    private void End()
    {
        Untrack();
        if (_record.Unbind(_set, ref _lives.Word(Id.Value)))
            _lives.Space.Notifier.Notify(_record);

        _lives.Release(Id.Value);
    }
}
