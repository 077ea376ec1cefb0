namespace IoAsid.Typed.Hardware;

/// <summary>
/// A place in a function's memory where a processor hands over a command of 64 bytes in one transaction. Bits 19:0 of a command
/// are the PASID it is for and bit 31 its privilege (as in the Intel instructions MOVDIR64B, ENQCMD and ENQCMDS).
/// </summary>
public interface ICommandPortal
{
    /// <summary>
    /// Posts a command as it is (MOVDIR64B), PASID included. Nobody answers: the sender must know that there is room.
    /// </summary>
    /// <param name="command">64 bytes.</param>
    /// <exception cref="ArgumentException">Not 64 bytes.</exception>
    void Post(ReadOnlySpan<byte> command);

    /// <summary>
    /// Hands over a command and waits for the answer (ENQCMD, ENQCMDS). Shared by senders who know nothing of each other.
    /// </summary>
    /// <param name="command">64 bytes; its PASID and privilege are replaced.</param>
    /// <param name="pasid">The PASID of the sender: what its operating system put in IA32_PASID, not what the sender asks for.</param>
    /// <param name="privileged">Whether the sender is privileged (ENQCMDS).</param>
    /// <returns>Whether the function took it; false means: try again later.</returns>
    /// <exception cref="ArgumentException">Not 64 bytes.</exception>
    bool TryEnqueue(ReadOnlySpan<byte> command, Pasid pasid, bool privileged = false);
}
