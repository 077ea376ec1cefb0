namespace IoAsid.Typed.Hardware;

/// <summary>
/// How a work queue works: enable 0, shared 1, PASID enable 2, block on fault 3, inter-PASID 4, privileged 5, PASID 51:32. The
/// other fields change only while the queue is not enabled.
/// </summary>
/// <param name="Bits">The register.</param>
public readonly record struct DmaQueueConfiguration(ulong Bits)
{
    /// <summary>The queue takes descriptors. Cleared, it takes no more; what it has taken is still done.</summary>
    public bool IsEnabled { get => WordField.IsSet(Bits, 0); init => Bits = WordField.With(Bits, 0, value); }

    /// <summary>
    /// Shared: descriptors come with the PASID of their sender and may have to be sent again. Else dedicated: they are posted.
    /// </summary>
    public bool IsShared { get => WordField.IsSet(Bits, 1); init => Bits = WordField.With(Bits, 1, value); }

    /// <summary>
    /// Requests carry a PASID: that of the sender (shared) or <see cref="Pasid"/> (dedicated). A shared queue needs it.
    /// </summary>
    public bool PasidEnabled { get => WordField.IsSet(Bits, 2); init => Bits = WordField.With(Bits, 2, value); }

    /// <summary>Descriptors may wait for a page that is not there, if the function can send page requests.</summary>
    public bool MayBlockOnFault { get => WordField.IsSet(Bits, 3); init => Bits = WordField.With(Bits, 3, value); }

    /// <summary>Descriptors may name the PASID of their destination (<see cref="DmaOperation.MoveBetween"/>).</summary>
    public bool MayNamePasid { get => WordField.IsSet(Bits, 4); init => Bits = WordField.With(Bits, 4, value); }

    /// <summary>Requests of a dedicated queue are made in privileged mode.</summary>
    public bool IsPrivileged { get => WordField.IsSet(Bits, 5); init => Bits = WordField.With(Bits, 5, value); }

    /// <summary>The PASID of a dedicated queue.</summary>
    public Pasid Pasid { get => new((uint)WordField.Get(Bits, 32, 20)); init => Bits = WordField.With(Bits, 32, 20, value.Value); }
}
