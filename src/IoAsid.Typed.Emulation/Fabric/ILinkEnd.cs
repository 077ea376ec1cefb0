namespace IoAsid.Typed.Emulation;

/// <summary>Where a link leads to.</summary>
internal interface ILinkEnd
{
    /// <summary>A message has arrived. Whoever takes it gives its payload back to the pool.</summary>
    void Arrive(in FabricMessage message, byte[]? payload);
}
