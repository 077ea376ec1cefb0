using System.Diagnostics;
using IoAsid.Typed.Core;

namespace IoAsid.Typed;

/// <summary>
/// A counted hold on behalf of hardware, which may use the id until it was drained. It ends only by <see cref="Complete"/> with the receipt of a drain.
/// </summary>
/// <remarks>
/// Safe to use from any thread. Abandoned, its id stays free-pending for ever: a number whose requests may still be under way is not used again.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class IoAsidBinding
{
    private readonly LifePage _lives;
    private readonly LifeRecord _record;
    private readonly IoAsidSet _set;
    private readonly IoAsidHolder? _holder;
    private int _completed;

    internal IoAsidBinding(LifePage lives, LifeRecord record, IoAsidSet set, object? device)
    {
        _lives = lives;
        _record = record;
        _set = set;
        Device = device;
        if (lives.IsTracked)
        {
            _holder = lives.Space.Track(lives, record.Id.Value, IoAsidHolderKind.Binding, device);
        }
    }

    /// <summary>The number that the hardware uses.</summary>
    public RawIoAsid Id => _record.Id;

    /// <summary>Which life of the number.</summary>
    public uint Generation => _record.Generation;

    /// <summary>The device, if the binder named it.</summary>
    public object? Device { get; }

    /// <summary>Whether the binding has ended.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed) != 0;

    /// <summary>
    /// Ends the binding. Further calls do nothing. If the id was freed and this was the last to hold it, the number is reclaimed here.
    /// </summary>
    /// <param name="receipt">From the drain of this very binding; the driver that did it made it by <see cref="IoAsidDrain.Certify"/>.</param>
    /// <exception cref="ArgumentException">The receipt is of another binding. Nothing changed.</exception>
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
        {
            End();
        }
    }

    /// <summary>The number, its generation and the device.</summary>
    public override string ToString() =>
        $"binding of {Id} (generation {Generation}){(Device is null ? "" : $" to {Device}")}{(IsCompleted ? ", completed" : "")}";

    private void End()
    {
        IoAsidSpace space = _lives.Space;
        if (_holder is not null)
        {
            _record.RemoveHolder(_holder);
        }

        if (_record.Unbind(_set, ref _lives.Word(Id.Value)))
        {
            space.Teller.Tell(_record);
        }

        _lives.Release(Id.Value);
    }
}
